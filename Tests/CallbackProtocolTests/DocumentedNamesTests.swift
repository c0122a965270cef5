// Names by number: whatever has one is that name, and nothing else has it.

import Testing

@testable import CallbackProtocol

@Suite struct DocumentedNamesTests {
    private let names = DocumentedNames.shared

    private func number(_ bytes: [UInt8]) -> Int? { names.number(of: bytes.span.bytes) }

    private static let all = DocumentedNames.shared.names

    @Test func eachNameHasItsOwnNumber() {
        let numbers = Self.all.compactMap { number(Array($0.utf8)) }
        #expect(numbers == Array(0..<Self.all.count))
        #expect(Self.all.contains("requestId") && Self.all.contains("networkConnectionId") && Self.all.count > 50)
        for number in numbers { #expect(names.isSecret(number) == SecretNames.contains(names.names[number])) }
        #expect(names.isSecret(number(Array("apiKey".utf8))!))
    }

    @Test func aNameWithOneByteChangedAddedOrLostHasAnotherNumberOrNone() {
        let known = Set(Self.all)
        for name in Self.all {
            let bytes = Array(name.utf8)
            for index in bytes.indices {
                var lost = bytes
                lost.remove(at: index)
                for other in [UInt8(ascii: "A"), UInt8(ascii: "a"), 0, 0xff, bytes[index] ^ 0x20, bytes[index] ^ 1] {
                    var (changed, added) = (bytes, bytes)
                    changed[index] = other
                    added.insert(other, at: index)
                    for text in [changed, added, lost] {
                        let found = number(text).map { Array(names.names[$0].utf8) }
                        #expect(found == (known.contains(String(decoding: text, as: UTF8.self)) ? text : nil))
                    }
                }
            }
        }
        for text in ["", String(repeating: "a", count: 25), String(repeating: "txId", count: 1_000)] {
            #expect(number(Array(text.utf8)) == nil)
        }
    }

    /// Names that stand for others once unescaped, names that only look alike, and names without a number.
    @Test func objectsAreReadAsWithoutNumbers() throws {
        for name in Self.all {
            let escaped = name.unicodeScalars.map { String(escaped: $0) }.joined()
            let text = #"{"\#(escaped)":1,"x\#(name)":2,"\#(name)x":3,"\#(name)\u0301":4}"#
            let object = try #require(try StrictJSON.parse(Array(text.utf8)).object)
            #expect(
                object[name] == .number("1") && object["x" + name] == .number("2") && object[name + "x"] == .number("3")
            )
            #expect(object.members.map(\.name.unicodeScalars.count) == [0, 1, 1, 1].map { name.count + $0 })
            for (first, second) in [(name, name), (name, escaped), (escaped, name)] {
                let error = #expect(throws: ProtocolError.self) {
                    try StrictJSON.parse(Array(#"{"\#(first)":1,"other":2,"\#(second)":3}"#.utf8))
                }
                #expect(error?.code == .jsonDuplicateMember)
            }
        }
    }
}

extension String {
    /// An escape of JSON.
    fileprivate init(escaped scalar: Unicode.Scalar) {
        let digits = String(scalar.value, radix: 16)
        self = "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
}
