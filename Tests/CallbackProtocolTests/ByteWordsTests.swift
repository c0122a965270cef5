// Eight bytes at a time, against one at a time.

import Testing

@testable import CallbackProtocol

@Suite struct ByteWordsTests {
    private func end(_ bytes: [UInt8], from start: Int) -> Int {
        plainEnd(of: bytes.span.bytes, from: start)
    }

    private static func isPlain(_ byte: UInt8) -> Bool { byte >= 0x20 && byte != 0x22 && byte != 0x5c }

    @Test func everyByteAtEveryPlaceEndsATextOrNot() {
        for count in 0..<20 {
            #expect(end(Array(repeating: 0x61, count: count), from: 0) == count)
            for place in 0..<count {
                for byte in UInt8.min...UInt8.max {
                    var bytes = [UInt8](repeating: 0x61, count: count)
                    bytes[place] = byte
                    for start in 0...count {
                        let expected = start <= place && !Self.isPlain(byte) ? place : count
                        if end(bytes, from: start) != expected { Issue.record("\(bytes) from \(start)") }
                    }
                }
            }
        }
    }

    /// Bytes around the limits stand side by side: what subtracting borrows must not show.
    @Test func theFirstOfManyIsFound() {
        let some: [UInt8] = [
            0x00, 0x01, 0x1f, 0x20, 0x21, 0x22, 0x23, 0x5b, 0x5c, 0x5d, 0x7f, 0x80, 0x9f, 0xa2, 0xdc, 0xff,
        ]
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0..<40)).map { _ in
                (Int.random(in: 0..<3) == 0 ? some : [0x21, 0x80, 0x23]).randomElement() ?? 0
            }
            let start = Int.random(in: 0...bytes.count)
            let expected = bytes[start...].firstIndex { !Self.isPlain($0) } ?? bytes.count
            if end(bytes, from: start) != expected { Issue.record("\(bytes) from \(start)") }
        }
    }
}
