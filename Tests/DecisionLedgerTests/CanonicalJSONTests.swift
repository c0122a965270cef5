// An object's two texts: its members in their order, and in the order of RFC 8785.

import CallbackProtocol
import Testing

@testable import DecisionLedger

@Suite struct CanonicalJSONTests {
    private func written(_ object: JSONObject, sorted: Bool) -> String {
        var json = CanonicalJSON()
        json.value(.object(object), sorted: sorted)
        return json.text
    }

    @Test func membersAreWrittenInBothOrders() throws {
        let object = try #require(
            try StrictJSON.parse(Array(#"{"b":"1\"","a":["x","y"],"\u20ac":null,"A":true,"":-0.50}"#.utf8)).object)
        let texts = CanonicalJSON.texts(object)
        #expect(texts.inOrder == #"{"b":"1\"","a":["x","y"],"\#u{20ac}":null,"A":true,"":-0.50}"#)
        #expect(texts.sorted == #"{"":-0.50,"A":true,"a":["x","y"],"b":"1\"","\#u{20ac}":null}"#)
    }

    @Test(arguments: [
        "{}", #"{"a":1}"#, #"{"b":{"d":1,"c":2},"a":0}"#, #"{"z":[{"y":1,"x":2}],"a":[[]]}"#,
        #"{"z":[[1,{"b":0,"a":{"d":[],"c":{}}}]],"y":"","b":[1,[2,[3]]]}"#,
        #"{"\ud83d\ude00":1,"\uffff":2,"\ue000":3,"z":4}"#,
    ])
    func theTextsAreThoseOfTheWriter(_ text: String) throws {
        let object = try #require(try StrictJSON.parse(Array(text.utf8)).object)
        let texts = CanonicalJSON.texts(object)
        #expect(texts.inOrder == written(object, sorted: false))
        #expect(texts.sorted == written(object, sorted: true))
    }

    @Test func anyOrderOfMembersHasOneSortedText() {
        var generator = SystemRandomNumberGenerator()
        let members = ["operation", "asset", "amount", "amountUsd", "source", "destinations", "a", "aa", "Z"].map {
            JSONObject.Member($0, .string("of \($0)"))
        }
        let expected = written(JSONObject(members), sorted: true)
        for _ in 0..<200 {
            let object = JSONObject(members.shuffled(using: &generator))
            let texts = CanonicalJSON.texts(object)
            #expect(texts.sorted == expected && texts.inOrder == written(object, sorted: false))
        }
    }
}
