// HTTP/2 frames by hand (RFC 9113 section 4), so that tests can send what no proper client would.

import NIOCore

struct HTTP2Frame: Equatable {
    enum Kind {
        static let data: UInt8 = 0
        static let headers: UInt8 = 1
        static let reset: UInt8 = 3
        static let settings: UInt8 = 4
        static let ping: UInt8 = 6
        static let goAway: UInt8 = 7
        static let windowUpdate: UInt8 = 8
        static let continuation: UInt8 = 9
    }

    static let endStream: UInt8 = 1
    static let acknowledgement: UInt8 = 1
    static let endHeaders: UInt8 = 4

    var kind: UInt8
    var flags: UInt8 = 0
    var stream: UInt32 = 0
    var payload: [UInt8] = []

    var bytes: [UInt8] {
        let length = UInt32(payload.count)
        return Array(bigEndian(length).dropFirst()) + [kind, flags] + bigEndian(stream) + payload
    }

    /// The error code of RST_STREAM, the second word of GOAWAY.
    var errorCode: UInt32 {
        let offset = kind == Kind.goAway ? 4 : 0
        return number(payload.dropFirst(offset).prefix(4))
    }

    var lastStream: UInt32 { number(payload.prefix(4)) }

    static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    static func settings(_ values: [(UInt16, UInt32)] = []) -> HTTP2Frame {
        HTTP2Frame(
            kind: Kind.settings,
            payload: values.flatMap { [UInt8($0.0 >> 8), UInt8($0.0 & 0xff)] + bigEndian($0.1) })
    }

    /// A complete header block.
    static func headers(_ stream: UInt32, _ fields: [(String, String)], ends: Bool) -> HTTP2Frame {
        HTTP2Frame(
            kind: Kind.headers, flags: endHeaders | (ends ? endStream : 0), stream: stream,
            payload: fields.flatMap { block($0.0, $0.1) })
    }

    static func post(_ stream: UInt32, ends: Bool = false, extra: [(String, String)] = []) -> HTTP2Frame {
        headers(
            stream, [(":method", "POST"), (":scheme", "http"), (":path", "/p"), (":authority", "a")] + extra, ends: ends
        )
    }

    /// The size of the head of `post` without extra fields: names, values, and 32 bytes for each of its four fields.
    static let postHead = 7 + 4 + 7 + 4 + 5 + 2 + 10 + 1 + 4 * 32

    static func data(_ stream: UInt32, _ payload: [UInt8], ends: Bool) -> HTTP2Frame {
        HTTP2Frame(kind: Kind.data, flags: ends ? endStream : 0, stream: stream, payload: payload)
    }

    static func reset(_ stream: UInt32, _ code: UInt32 = 8) -> HTTP2Frame {
        HTTP2Frame(kind: Kind.reset, stream: stream, payload: bigEndian(code))
    }

    static func windowUpdate(_ stream: UInt32, _ increment: UInt32) -> HTTP2Frame {
        HTTP2Frame(kind: Kind.windowUpdate, stream: stream, payload: bigEndian(increment))
    }

    static func ping(_ flags: UInt8 = 0) -> HTTP2Frame {
        HTTP2Frame(kind: Kind.ping, flags: flags, payload: [UInt8](repeating: 0, count: 8))
    }

    /// A field as a literal that enters no table, without Huffman coding (RFC 7541 section 6.2.2).
    static func block(_ name: String, _ value: String) -> [UInt8] {
        [0] + string(name) + string(value)
    }

    /// A field that enters the table (RFC 7541 section 6.2.1), then once more for each of `repeats` bytes.
    static func bomb(_ name: String, _ value: String, repeats: Int) -> [UInt8] {
        [0x40] + string(name) + string(value) + [UInt8](repeating: 0x80 | 62, count: repeats)
    }

    private static func string(_ text: String) -> [UInt8] {
        let length = text.utf8.count
        guard length >= 127 else { return [UInt8(length)] + text.utf8 }
        var rest = length - 127
        var prefix: [UInt8] = [127]
        while rest >= 128 {
            prefix.append(UInt8(rest % 128 + 128))
            rest /= 128
        }
        return prefix + [UInt8(rest)] + text.utf8
    }
}

extension HTTP2Frame {
    /// The frame that begins at an offset, if it is all there.
    init?(_ buffer: ByteBuffer, at offset: Int) {
        guard let header = buffer.getBytes(at: offset, length: 9) else { return nil }
        let length = Int(number(header.prefix(3)))
        guard let payload = buffer.getBytes(at: offset + 9, length: length) else { return nil }
        self.init(kind: header[3], flags: header[4], stream: number(header[5...]), payload: payload)
    }
}

private func bigEndian(_ number: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
}

private func number(_ bytes: some Sequence<UInt8>) -> UInt32 {
    bytes.reduce(0) { $0 << 8 | UInt32($1) }
}

extension RawClient {
    static func http2(_ port: Int, settings: [(UInt16, UInt32)] = [], reads: Bool = true) async throws -> RawClient {
        let client = try await connect(port, reads: reads)
        try await client.send(HTTP2Frame.preface + HTTP2Frame.settings(settings).bytes)
        return client
    }

    func send(_ frames: HTTP2Frame...) async throws { try await send(frames.flatMap(\.bytes)) }

    func frames(_ kind: UInt8, stream: UInt32? = nil) -> [HTTP2Frame] {
        frames.filter { $0.kind == kind && (stream == nil || $0.stream == stream) }
    }

    func bodyCount(of stream: UInt32) -> Int {
        frames(HTTP2Frame.Kind.data, stream: stream).reduce(0) { $0 + $1.payload.count }
    }

    func body(of stream: UInt32) -> [UInt8] { frames(HTTP2Frame.Kind.data, stream: stream).flatMap(\.payload) }

    /// Sum of the WINDOW_UPDATE increments for a stream.
    func windowOpened(_ stream: UInt32) -> Int {
        frames(HTTP2Frame.Kind.windowUpdate, stream: stream).reduce(0) { $0 + Int($1.lastStream) }
    }

    func hasEnded(_ stream: UInt32) -> Bool {
        frames.contains {
            $0.stream == stream && ($0.kind == HTTP2Frame.Kind.data || $0.kind == HTTP2Frame.Kind.headers)
                && $0.flags & HTTP2Frame.endStream != 0
        }
    }

    func waitFor(_ kind: UInt8) async -> Bool { await eventually { !self.frames(kind).isEmpty } }
}
