// The server side of one HTTP/2 connection in libnghttp2, without any input or output of its own.

import CNGHTTP2
import NIOCore

/// Owns the library's session.
///
/// Why the pointers are safe: the library is given one address as user data, that of `state`, memory that this object
/// allocates, and frees only after the session is deleted. The library calls back only inside `receive` and
/// `pull`, which are methods of this object, so it is alive then; deleting a session calls nothing back. Callbacks
/// reach streams by number through the state and never by a pointer of their own. The object stays on one event loop.
final class HTTP2Session {
    private let session: OpaquePointer
    private let state: UnsafeMutablePointer<HTTP2SessionState>
    private var headerBytes: [UInt8] = []
    private var headerSpans: [(name: Range<Int>, value: Range<Int>)] = []

    /// Windows in bytes. Bodies are taken out as they arrive, so these bound what is on its way, not what is held.
    static let streamWindow = 256 * 1024
    static let connectionWindow = 1024 * 1024

    /// Errors: `http2_session_failed`, when memory is short.
    init(limits: ServerLimits) throws(TransportError) {
        var callbacks: OpaquePointer?
        var options: OpaquePointer?
        var session: OpaquePointer?
        defer {
            nghttp2_session_callbacks_del(callbacks)
            nghttp2_option_del(options)
        }
        guard nghttp2_session_callbacks_new(&callbacks) == 0, let callbacks, nghttp2_option_new(&options) == 0,
            let options
        else { throw Self.outOfMemory }
        HTTP2Callbacks.install(callbacks)
        nghttp2_option_set_no_auto_window_update(options, 1)
        nghttp2_option_set_no_closed_streams(options, 1)
        nghttp2_option_set_max_settings(options, 16)
        nghttp2_option_set_max_outbound_ack(options, 256)
        let state = UnsafeMutablePointer<HTTP2SessionState>.allocate(capacity: 1)
        state.initialize(to: HTTP2SessionState(headLimit: limits.head))
        guard nghttp2_session_server_new2(&session, callbacks, state, options) == 0, let session else {
            state.deinitialize(count: 1)
            state.deallocate()
            throw Self.outOfMemory
        }
        self.session = session
        self.state = state
        let settings = [
            nghttp2_settings_entry(
                settings_id: Int32(NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS.rawValue),
                value: UInt32(clamping: limits.concurrentStreams)),
            nghttp2_settings_entry(
                settings_id: Int32(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE.rawValue), value: UInt32(Self.streamWindow)),
            nghttp2_settings_entry(
                settings_id: Int32(NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE.rawValue),
                value: UInt32(clamping: limits.head)),
        ]
        let flags = UInt8(NGHTTP2_FLAG_NONE.rawValue)
        guard nghttp2_submit_settings(session, flags, settings, settings.count) == 0,
            nghttp2_session_set_local_window_size(session, flags, 0, Int32(Self.connectionWindow)) == 0
        else { throw Self.outOfMemory }
    }

    deinit {
        nghttp2_session_del(session)
        state.deinitialize(count: 1)
        state.deallocate()
    }

    private static let outOfMemory = TransportError(
        .http2SessionFailed, "No HTTP/2 session could be made: out of memory; the connection is closed")

    // MARK: Input

    /// Gives the library bytes from the peer; `nil` for success, else what is wrong. After an error the session is over.
    func receive(_ bytes: UnsafeRawBufferPointer) -> String? {
        let consumed = nghttp2_session_mem_recv(
            session, bytes.assumingMemoryBound(to: UInt8.self).baseAddress, bytes.count)
        return consumed < 0 ? String(cString: nghttp2_strerror(Int32(consumed))) : nil
    }

    /// Swaps the recorded events for an empty array, whose storage is used again.
    func takeEvents(into events: inout [HTTP2Event]) {
        events.removeAll(keepingCapacity: true)
        swap(&events, &state.pointee.events)
    }

    var streams: [Int32: HTTP2Stream] { state.pointee.streams }
    var hasNoStreams: Bool { state.pointee.streams.isEmpty }
    var openHeaderBlock: Int32? { state.pointee.openHeaderBlock }

    /// Opens the windows of the peer again by bytes that are accepted or thrown away.
    func consume(_ bytes: Int, stream: Int32) {
        _ = nghttp2_session_consume(session, stream, bytes)
    }

    /// The same for the connection alone: the stream's window stays shut, so that a refused request ends soon.
    func discard(_ bytes: Int) {
        _ = nghttp2_session_consume_connection(session, bytes)
    }

    // MARK: Output

    var wantsToSend: Bool { nghttp2_session_want_write(session) != 0 }

    /// Whether the session still has a purpose.
    var isOver: Bool { nghttp2_session_want_read(session) == 0 && nghttp2_session_want_write(session) == 0 }

    /// Appends up to about `limit` bytes for the peer; `false` when the library failed.
    func pull(into buffer: inout ByteBuffer, limit: Int) -> Bool {
        while buffer.readableBytes < limit {
            var data: UnsafePointer<UInt8>?
            let length = nghttp2_session_mem_send(session, &data)
            guard length > 0 else { return length == 0 }
            buffer.writeBytes(UnsafeRawBufferPointer(start: data, count: length))
        }
        return true
    }

    /// Queues an answer that `ResponseRules` found sendable.
    func submit(_ response: HTTPResponse, date: String, stream: HTTP2Stream) {
        beginFields(status: response.status)
        appendField("date", date)
        for field in response.headers.fields where !ResponseRules.belongsToTransport(field.name) {
            appendField(field.name, field.value)
        }
        let hasBody = !ResponseRules.hasNoContent(response.status)
        if hasBody { appendField("content-length", String(response.body.readableBytes)) }
        stream.response = hasBody && !stream.omitsBody ? response.body : ByteBuffer()
        var provider = nghttp2_data_provider(source: nghttp2_data_source(ptr: nil)) {
            _, id, destination, capacity, flags, _, user in
            guard let destination, let flags,
                let stream = user?.assumingMemoryBound(to: HTTP2SessionState.self).pointee.streams[id]
            else { return Int(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue) }
            let count = min(capacity, stream.response.readableBytes)
            stream.response.readWithUnsafeReadableBytes { bytes in
                UnsafeMutableRawBufferPointer(start: destination, count: count)
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes.prefix(count)))
                return count
            }
            if stream.response.readableBytes == 0 { flags.pointee |= NGHTTP2_DATA_FLAG_EOF.rawValue }
            return count
        }
        let isEmpty = stream.response.readableBytes == 0
        let result = withFields { fields, count in
            if isEmpty { return nghttp2_submit_response(session, stream.id, fields, count, nil) }
            return nghttp2_submit_response(session, stream.id, fields, count, &provider)
        }
        if result != 0 { reset(stream.id, NGHTTP2_INTERNAL_ERROR) }
    }

    /// Queues `100 Continue`.
    func submitContinue(stream: Int32) {
        beginFields(status: 100)
        _ = withFields { fields, count in
            nghttp2_submit_headers(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), stream, nil, fields, count, nil)
        }
    }

    func reset(_ stream: Int32, _ code: nghttp2_error_code) {
        nghttp2_submit_rst_stream(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), stream, code.rawValue)
    }

    // MARK: The end

    /// First step of a graceful end (RFC 9113 section 6.8): streams already on their way are still taken.
    func announceShutdown() {
        nghttp2_submit_shutdown_notice(session)
        nghttp2_submit_ping(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), nil)
    }

    /// Second step: later streams are ignored, the present ones are finished.
    func refuseNewStreams() {
        let last = nghttp2_session_get_last_proc_stream_id(session)
        nghttp2_submit_goaway(
            session, UInt8(NGHTTP2_FLAG_NONE.rawValue), last, NGHTTP2_NO_ERROR.rawValue, nil, 0)
    }

    /// Ends everything at once; the peer is told why.
    func terminate(_ code: nghttp2_error_code) {
        nghttp2_session_terminate_session(session, code.rawValue)
    }

    // MARK: Header fields for the library

    private func beginFields(status: Int) {
        headerBytes.removeAll(keepingCapacity: true)
        headerSpans.removeAll(keepingCapacity: true)
        appendField(":status", String(status))
    }

    private func appendField(_ name: String, _ value: String) {
        let start = headerBytes.count
        for byte in name.utf8 { headerBytes.append(ResponseRules.lowercased(byte)) }
        let middle = headerBytes.count
        headerBytes.append(contentsOf: value.utf8)
        headerSpans.append((start..<middle, middle..<headerBytes.count))
    }

    /// The library copies names and values, so the addresses need to hold only during the call.
    private func withFields(_ submit: (UnsafePointer<nghttp2_nv>?, Int) -> Int32) -> Int32 {
        headerBytes.withUnsafeMutableBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return NGHTTP2_ERR_INVALID_ARGUMENT.rawValue }
            let fields = headerSpans.map { span in
                nghttp2_nv(
                    name: base + span.name.lowerBound, value: base + span.value.lowerBound, namelen: span.name.count,
                    valuelen: span.value.count, flags: UInt8(NGHTTP2_NV_FLAG_NONE.rawValue))
            }
            return fields.withUnsafeBufferPointer { submit($0.baseAddress, $0.count) }
        }
    }
}
