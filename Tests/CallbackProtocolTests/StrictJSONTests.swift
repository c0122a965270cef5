import CallbackProtocol
import Testing

struct StrictJSONTests {
    @Test(
        arguments: [
            ("null", .null), (" true ", .bool(true)), ("\n\r\t false", .bool(false)), ("0", .number("0")),
            ("-0.50e+01", .number("-0.50e+01")), ("12E-7", .number("12E-7")), ("\"\"", .string("")),
            (#""\"\\\/\b\f\n\r\t\u0041\u00e9""#, .string("\"\\/\u{8}\u{c}\n\r\tAé")),
            ("\"é😀\"", .string("é😀")),
            (#""\ud83d\ude00""#, .string("😀")), (#""\u0000""#, .string("\u{0}")), ("\"\u{7f}\"", .string("\u{7f}")),
            ("[]", .array([])), ("[ 1 , [ ] ]", .array([.number("1"), .array([])])), ("{ }", .object(JSONObject())),
            (
                #"{"b":1,"a":{"b":2}}"#,
                .object(
                    JSONObject([
                        .init("b", .number("1")), .init("a", .object(JSONObject([.init("b", .number("2"))]))),
                    ]))
            ),
        ] as [(String, JSONValue)])
    func readsWhatTheStandardAllows(text: String, value: JSONValue) throws {
        #expect(try StrictJSON.parse(Array(text.utf8)) == value)
    }

    @Test(arguments: [
        ("", "json_syntax", "$"), ("{\"a\":[1,{\"b\":tru}]}", "json_syntax", "$.a[1].b"),
        ("[1,]", "json_syntax", "$[1]"),
        ("{\"a\":1,}", "json_syntax", "$"), ("[1 2]", "json_syntax", "$"), ("01", "json_syntax", "$"),
        ("{\"a\":{\"b\":1,\"b\":2}}", "json_duplicate_member", "$.a.b"),
        ("{\"a b\":{\"x\":1,\"\\u0078\":2}}", "json_duplicate_member", "$[?].x"),
        ("{\"a\":[\"\\udead\"]}", "json_lone_surrogate", "$.a[0]"), ("\u{feff}{}", "json_syntax", "$"),
        ("[1] x", "json_syntax", "$"), ("\"a\u{1}\"", "json_syntax", "$"), ("\"a\\\u{1}\"", "json_syntax", "$"),
        ("[\"\\u12", "json_syntax", "$[0]"), ("\"\\ud83d\\u00", "json_syntax", "$"), ("-", "json_syntax", "$"),
    ])
    func refusesWithCodeAndPlace(text: String, code: String, path: String) throws {
        let error = try #require(throws: ProtocolError.self) { try StrictJSON.parse(Array(text.utf8)) }
        #expect(error.code.rawValue == code)
        #expect(error.path == path)
    }

    @Test func namesThatOnlyLookAlikeAreTwoMembers() throws {
        // K and the Kelvin sign, é composed and decomposed: equal in Swift, different in JSON.
        let text = "{\"K\":1,\"\u{212a}\":2,\"\u{e9}\":3,\"e\u{301}\":4}"
        let object = try #require(try StrictJSON.parse(Array(text.utf8)).object)
        #expect(object.members.count == 4)
        #expect(object["\u{212a}"] == .number("2"))
        #expect(object["e\u{301}"] == .number("4"))
    }

    @Test(arguments: [1, 2, 31, 32])
    func nestsUpToTheDepthAndNoDeeper(depth: Int) throws {
        func nested(_ levels: Int) -> [UInt8] {
            Array((String(repeating: "[", count: levels) + String(repeating: "]", count: levels)).utf8)
        }
        _ = try StrictJSON.parse(nested(depth), maximumDepth: depth)
        let error = try #require(throws: ProtocolError.self) {
            try StrictJSON.parse(nested(depth + 1), maximumDepth: depth)
        }
        #expect(error.code == .jsonTooDeep)
    }

    @Test(arguments: [2, 31, 32, 33, 34, 5_000])
    func findsADuplicateAmongAnyNumberOfMembers(count: Int) throws {
        let members = (0..<count).map { "\"m\($0)\":\($0)" }
        let all = "{" + members.joined(separator: ",") + "}"
        #expect(try StrictJSON.parse(Array(all.utf8)).object?.members.count == count)
        for twice in [0, count / 2, count - 1] {
            let text = "{" + (members + [members[twice]]).joined(separator: ",") + "}"
            let error = try #require(throws: ProtocolError.self) { try StrictJSON.parse(Array(text.utf8)) }
            #expect(error.code == .jsonDuplicateMember)
            #expect(error.path == "$.m\(twice)")
        }
    }

    /// 4,096 names that Swift holds for one: a hash of Swift's would put them all in one place.
    @Test func keepsCanonicalEquivalentsApartInNumbers() throws {
        let names = (0..<4_096).map { number in
            "a" + (0..<12).map { number >> $0 & 1 == 1 ? "\u{301}\u{323}" : "\u{323}\u{301}" }.joined()
        }
        let members = names.map { "\"\($0)\":1" }
        let text = "{" + members.joined(separator: ",") + "}"
        #expect(Set(names).count == 1)
        #expect(try StrictJSON.parse(Array(text.utf8)).object?.members.count == 4_096)
        let error = try #require(throws: ProtocolError.self) {
            try StrictJSON.parse(Array((text.dropLast() + "," + members[77] + "}").utf8))
        }
        #expect(error.code == .jsonDuplicateMember)
    }

    @Test func writesCompactTextThatReadsAsTheSame() throws {
        let text = #"{ "a" : [ 1.50, "\u0000\u001F\"\\\/\n\r\t\b\f", "é😀" ], "" : { } }"#
        let value = try StrictJSON.parse(Array(text.utf8))
        let written = value.serialized()
        #expect(
            String(decoding: written, as: UTF8.self)
                == #"{"a":[1.50,"\u0000\u001f\"\\/\n\r\t\u0008\u000c","é😀"],"":{}}"#)
        #expect(try StrictJSON.parse(written) == value)
    }

    @Test func setsMembersInPlaceOrAtTheEnd() {
        var object = JSONObject([.init("a", .null), .init("b", .null)])
        object.set("a", .bool(true))
        object.set("c", .bool(false))
        #expect(object.members.map(\.name) == ["a", "b", "c"])
        #expect(object["a"] == .bool(true))
    }
}
