import Testing

@testable import CallbackRules

@Suite struct SSHWireTests {
    private func integer(_ value: [UInt8], limit: Int = 4) -> [UInt8]? {
        var reader = SSHReader(SSHWire.string(value))
        return reader.positiveInteger(limit: limit)
    }

    /// The examples of RFC 4251 section 5, and the forms that it forbids.
    @Test func integersArePositiveAndShortest() {
        #expect(integer([0x09, 0xa3, 0x78, 0xf9]) == [0x09, 0xa3, 0x78, 0xf9])
        #expect(integer([0x00, 0x80]) == [0x80])
        #expect(integer([0x7f]) == [0x7f])
        #expect(integer([0x00, 0xff, 0xff, 0xff, 0xff]) == [0xff, 0xff, 0xff, 0xff])
        let wrong: [[UInt8]] = [
            [], [0x00], [0x00, 0x00], [0x00, 0x7f], [0x00, 0x00, 0x80], [0x80], [0xed, 0xcc], [0xff, 0x21],
            [0x01, 0, 0, 0, 0], [0x00, 0x80, 0, 0, 0, 0],
        ]
        for value in wrong { #expect(integer(value) == nil, "\(value)") }
    }

    @Test func lengthsBeyondTheEndAreRefused() {
        for length: [UInt8] in [[0, 0, 0, 4], [0x7f, 0xff, 0xff, 0xff], [0x80, 0, 0, 0], [0xff, 0xff, 0xff, 0xff]] {
            var reader = SSHReader(length + [1, 2, 3])
            #expect(reader.string() == nil)
            var number = SSHReader(length + [1, 2, 3])
            #expect(number.positiveInteger(limit: 32) == nil)
        }
        for count in 0..<4 {
            var reader = SSHReader([UInt8](repeating: 0, count: count))
            #expect(reader.uint32() == nil)
        }
        var empty = SSHReader([])
        #expect(empty.byte() == nil && empty.isAtEnd)
        var exact = SSHReader([0, 0, 0, 3, 1, 2, 3])
        #expect(exact.string() == [1, 2, 3] && exact.isAtEnd)
    }
}
