// An object's two texts: its members in their order, and in the order of RFC 8785.

import CallbackProtocol
import Testing

@testable import DecisionLedger

@Suite struct CanonicalJSONTests {
    @Test(arguments: [
        ("{}", "{}", "{}"), (#"{"a":1}"#, #"{"a":1}"#, #"{"a":1}"#),
        (
            #"{"b":"1\"","a":["x","y"],"\u20ac":null,"A":true,"":-0.50}"#,
            #"{"b":"1\"","a":["x","y"],"\#u{20ac}":null,"A":true,"":-0.50}"#,
            #"{"":-0.50,"A":true,"a":["x","y"],"b":"1\"","\#u{20ac}":null}"#
        ),
        (#"{"b":{"d":1,"c":2},"a":0}"#, #"{"b":{"d":1,"c":2},"a":0}"#, #"{"a":0,"b":{"c":2,"d":1}}"#),
        (
            #"{"z":[[1,{"b":0,"a":{"d":[],"c":{}}}]],"y":"","b":[1,[2,[3]]]}"#,
            #"{"z":[[1,{"b":0,"a":{"d":[],"c":{}}}]],"y":"","b":[1,[2,[3]]]}"#,
            #"{"b":[1,[2,[3]]],"y":"","z":[[1,{"a":{"c":{},"d":[]},"b":0}]]}"#
        ),
        (
            #"{"\ud83d\ude00":1,"\uffff":2,"\ue000":3,"z":4}"#,
            "{\"\u{1f600}\":1,\"\u{ffff}\":2,\"\u{e000}\":3,\"z\":4}",
            "{\"z\":4,\"\u{1f600}\":1,\"\u{e000}\":3,\"\u{ffff}\":2}"
        ),
    ])
    func membersAreWrittenInBothOrders(_ text: String, _ inOrder: String, _ sorted: String) throws {
        let object = try #require(try StrictJSON.parse(Array(text.utf8)).object)
        #expect(CanonicalJSON.text(of: object, sorted: false) == inOrder)
        #expect(CanonicalJSON.text(of: object, sorted: true) == sorted)
    }

    @Test func anyOrderOfMembersHasOneSortedText() {
        var generator = SystemRandomNumberGenerator()
        let members = ["operation", "asset", "amount", "amountUsd", "source", "destinations", "a", "aa", "Z"].map {
            JSONObject.Member($0, .string("of \($0)"))
        }
        let expected = CanonicalJSON.text(of: JSONObject(members), sorted: true)
        for _ in 0..<200 {
            #expect(CanonicalJSON.text(of: JSONObject(members.shuffled(using: &generator)), sorted: true) == expected)
        }
    }
}
