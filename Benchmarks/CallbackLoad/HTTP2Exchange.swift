// HTTP/2 (RFC 9113) by nghttp2.

import CNGHTTP2

/// Owns the `nghttp2_session` of one connection.
///
/// nghttp2 holds an unretained pointer to this object. That is safe because nghttp2 calls back only inside the calls
/// that methods of this object make, and the session is deleted in `deinit`.
final class HTTP2Exchange: HTTPExchange {
    var output: [UInt8] = []
    private let headers: HeaderFields
    private var session: OpaquePointer?
    private var streams: [Int32: Stream] = [:]
    private var finished: [(index: Int, answer: Answer)] = []

    private struct Stream {
        let index: Int
        let request: [UInt8]
        var sent = 0
        var status = 0
        var body: [UInt8] = []
    }

    init(authority: String, path: String) throws(LoadError) {
        headers = HeaderFields([
            (":method", "POST"), (":scheme", "https"), (":authority", authority), (":path", path),
            ("user-agent", "callback-load"), ("content-type", "text/plain"),
        ])
        var callbacks: OpaquePointer?
        guard nghttp2_session_callbacks_new(&callbacks) == 0 else { throw LoadError(.connection, "nghttp2: no memory") }
        defer { nghttp2_session_callbacks_del(callbacks) }
        nghttp2_session_callbacks_set_on_header_callback(callbacks) {
            _, frame, name, nameCount, value, count, _, user in
            guard let frame, let exchange = HTTP2Exchange.from(user) else { return 0 }
            let name = UnsafeBufferPointer(start: name, count: nameCount)
            if name.elementsEqual(":status".utf8) {
                let text = String(decoding: UnsafeBufferPointer(start: value, count: count), as: UTF8.self)
                exchange.streams[frame.pointee.hd.stream_id]?.status = Int(text) ?? 0
            }
            return 0
        }
        nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks) { _, _, stream, data, count, user in
            HTTP2Exchange.from(user)?.streams[stream]?.body.append(
                contentsOf: UnsafeBufferPointer(start: data, count: count))
            return 0
        }
        nghttp2_session_callbacks_set_on_stream_close_callback(callbacks) { _, stream, code, user in
            HTTP2Exchange.from(user)?.close(stream, code)
            return 0
        }
        guard nghttp2_session_client_new(&session, callbacks, Unmanaged.passUnretained(self).toOpaque()) == 0 else {
            throw LoadError(.connection, "nghttp2: no memory")
        }
        let window: Int32 = 1 << 20
        var settings = [
            nghttp2_settings_entry(settings_id: Int32(NGHTTP2_SETTINGS_ENABLE_PUSH.rawValue), value: 0),
            nghttp2_settings_entry(
                settings_id: Int32(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE.rawValue), value: UInt32(window)),
        ]
        try check(nghttp2_submit_settings(session, 0, &settings, settings.count))
        try check(nghttp2_session_set_local_window_size(session, 0, 0, window))
        try collectOutput()
    }

    deinit {
        nghttp2_session_del(session)
    }

    func start(index: Int, body: [UInt8]) throws(LoadError) {
        var provider = nghttp2_data_provider()
        provider.read_callback = { _, stream, buffer, capacity, flags, _, user in
            guard let buffer, let flags, let exchange = HTTP2Exchange.from(user) else {
                return Int(NGHTTP2_ERR_CALLBACK_FAILURE.rawValue)
            }
            return exchange.fill(UnsafeMutableRawBufferPointer(start: buffer, count: capacity), stream, flags)
        }
        let stream = headers.withFields(contentLength: body.count) { fields in
            nghttp2_submit_request(session, nil, fields.baseAddress, fields.count, &provider, nil)
        }
        try check(stream)
        streams[stream] = Stream(index: index, request: body)
        try collectOutput()
    }

    func receive(_ bytes: UnsafeRawBufferPointer) throws(LoadError) -> [(index: Int, answer: Answer)] {
        let taken = nghttp2_session_mem_recv(
            session, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count)
        try check(Int32(clamping: taken))
        try collectOutput()
        defer { finished.removeAll(keepingCapacity: true) }
        return finished
    }

    private static func from(_ user: UnsafeMutableRawPointer?) -> HTTP2Exchange? {
        user.map { Unmanaged<HTTP2Exchange>.fromOpaque($0).takeUnretainedValue() }
    }

    private func fill(
        _ buffer: UnsafeMutableRawBufferPointer, _ stream: Int32, _ flags: UnsafeMutablePointer<UInt32>
    ) -> Int {
        guard let current = streams[stream] else { return Int(NGHTTP2_ERR_CALLBACK_FAILURE.rawValue) }
        let count = min(buffer.count, current.request.count - current.sent)
        buffer.copyBytes(from: current.request[current.sent..<(current.sent + count)])
        streams[stream]?.sent += count
        if current.sent + count == current.request.count { flags.pointee |= NGHTTP2_DATA_FLAG_EOF.rawValue }
        return count
    }

    private func close(_ stream: Int32, _ code: UInt32) {
        guard let done = streams.removeValue(forKey: stream) else { return }
        let answer =
            code == 0
            ? Answer(status: done.status, body: done.body)
            : Answer(status: 0, body: Array("stream reset, error code \(code)".utf8))
        finished.append((done.index, answer))
    }

    private func collectOutput() throws(LoadError) {
        while true {
            var data: UnsafePointer<UInt8>?
            let count = nghttp2_session_mem_send(session, &data)
            guard count > 0 else {
                try check(Int32(clamping: count))
                return
            }
            output.append(contentsOf: UnsafeBufferPointer(start: data, count: count))
        }
    }

    private func check(_ result: Int32) throws(LoadError) {
        guard result < 0 else { return }
        throw LoadError(.connection, "nghttp2: \(String(cString: nghttp2_strerror(result)))")
    }
}

/// Header fields in memory that stays where it is; only the content length changes from request to request.
private final class HeaderFields {
    private let fields: UnsafeMutableBufferPointer<nghttp2_nv>
    private let digits = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 20)

    init(_ texts: [(String, String)]) {
        fields = .allocate(capacity: texts.count + 1)
        for (position, (name, value)) in texts.enumerated() {
            let (name, value) = (Self.copy(name), Self.copy(value))
            fields.initializeElement(
                at: position,
                to: nghttp2_nv(
                    name: name.baseAddress, value: value.baseAddress, namelen: name.count, valuelen: value.count,
                    flags: 0))
        }
        let name = Self.copy("content-length")
        fields.initializeElement(
            at: texts.count,
            to: nghttp2_nv(
                name: name.baseAddress, value: digits.baseAddress, namelen: name.count, valuelen: 0, flags: 0))
    }

    deinit {
        for (position, field) in fields.enumerated() {
            field.name.deallocate()
            if position < fields.count - 1 { field.value.deallocate() }
        }
        digits.deallocate()
        fields.deallocate()
    }

    func withFields<Result>(contentLength: Int, _ body: (UnsafeMutableBufferPointer<nghttp2_nv>) -> Result) -> Result {
        fields[fields.count - 1].valuelen = digits.update(fromContentsOf: Array("\(contentLength)".utf8))
        return body(fields)
    }

    private static func copy(_ text: String) -> UnsafeMutableBufferPointer<UInt8> {
        let bytes = Array(text.utf8)
        let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
        _ = copy.initialize(fromContentsOf: bytes)
        return copy
    }
}
