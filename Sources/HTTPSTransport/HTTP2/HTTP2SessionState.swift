// What the callbacks of the HTTP/2 library leave for the code that called the library.

import CNGHTTP2
import NIOCore

/// Something that happened inside the library, to be acted on after it has returned.
enum HTTP2Event {
    case headReceived(HTTP2Stream)
    case dataReceived(HTTP2Stream, bytes: Int)
    case requestEnded(HTTP2Stream)
    case streamClosed(HTTP2Stream, code: UInt32)
    /// The whole answer is on its way although the request has not ended.
    case answeredEarly(HTTP2Stream)
    /// The peer reset a stream, or made us reset one: both cost us more than it.
    case streamReset
    /// We refused a stream beyond the allowed number.
    case streamRefused
    case malformed(HTTP2Stream?, reason: String)
    case settingsReceived
    case pingAnswered
    /// The library gives the connection up and has told the peer why.
    case connectionFailed(code: UInt32)
}

/// Lives at a fixed address owned by `HTTP2Session`; the library carries that address as its user data.
struct HTTP2SessionState {
    let headLimit: Int
    var events: [HTTP2Event] = []
    var streams: [Int32: HTTP2Stream] = [:]
    /// What the present header block has come to, counted as RFC 9113 section 6.5.2 says. One byte on the wire can stand for
    /// thousands of the peer's table.
    var blockSize = 0
    /// The stream whose header block has begun and not ended; only one can at a time (RFC 9113 section 4.3).
    var openHeaderBlock: Int32?
}

/// The callbacks. They only record: nothing that could re-enter the library or this module is called here.
enum HTTP2Callbacks {
    typealias State = UnsafeMutablePointer<HTTP2SessionState>

    static func install(_ callbacks: OpaquePointer) {
        nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks) { _, frame, user in
            guard let frame, let state = user?.assumingMemoryBound(to: HTTP2SessionState.self) else { return 0 }
            let id = frame.pointee.hd.stream_id
            state.pointee.openHeaderBlock = id
            state.pointee.blockSize = 0
            if frame.pointee.headers.cat == NGHTTP2_HCAT_REQUEST {
                state.pointee.streams[id] = HTTP2Stream(id: id)
            }
            return 0
        }
        nghttp2_session_callbacks_set_on_header_callback(callbacks) {
            _, frame, name, nameLength, value, valueLength, _, user in
            guard let frame, let state = user?.assumingMemoryBound(to: HTTP2SessionState.self) else { return 0 }
            state.pointee.blockSize += nameLength + valueLength + 32
            // Too large is answered with 431; far too large, or too large trailers, are not worth reading to their end: the
            // library resets the stream and looks at no more of their fields.
            guard state.pointee.blockSize <= 4 * state.pointee.headLimit else {
                return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue
            }
            guard frame.pointee.headers.cat == NGHTTP2_HCAT_REQUEST,
                let stream = state.pointee.streams[frame.pointee.hd.stream_id]
            else { return 0 }
            stream.received(
                name: UnsafeBufferPointer(start: name, count: nameLength),
                value: UnsafeBufferPointer(start: value, count: valueLength), limit: state.pointee.headLimit)
            return 0
        }
        // Left to itself the library drops a field with forbidden bytes; the request is malformed (RFC 9113 8.2.1).
        nghttp2_session_callbacks_set_on_invalid_header_callback(callbacks) { _, _, _, _, _, _, _, _ in
            NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue
        }
        nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks) { _, frame, user in
            guard let frame, let state = user?.assumingMemoryBound(to: HTTP2SessionState.self) else { return 0 }
            HTTP2Callbacks.frameReceived(frame, state)
            return 0
        }
        nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks) { _, _, id, data, length, user in
            guard let state = user?.assumingMemoryBound(to: HTTP2SessionState.self),
                let stream = state.pointee.streams[id]
            else { return 0 }
            if !stream.discardsInput { stream.body.writeBytes(UnsafeRawBufferPointer(start: data, count: length)) }
            state.pointee.events.append(.dataReceived(stream, bytes: length))
            return 0
        }
        nghttp2_session_callbacks_set_on_stream_close_callback(callbacks) { _, id, code, user in
            guard let state = user?.assumingMemoryBound(to: HTTP2SessionState.self),
                let stream = state.pointee.streams.removeValue(forKey: id)
            else { return 0 }
            stream.isClosed = true
            if state.pointee.openHeaderBlock == id { state.pointee.openHeaderBlock = nil }
            state.pointee.events.append(.streamClosed(stream, code: code))
            return 0
        }
        nghttp2_session_callbacks_set_on_frame_send_callback(callbacks) { session, frame, user in
            guard let frame, let state = user?.assumingMemoryBound(to: HTTP2SessionState.self) else { return 0 }
            HTTP2Callbacks.frameSent(frame, session, state)
            return 0
        }
        nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(callbacks) { _, frame, code, user in
            guard let frame, let state = user?.assumingMemoryBound(to: HTTP2SessionState.self) else { return 0 }
            if state.pointee.openHeaderBlock == frame.pointee.hd.stream_id { state.pointee.openHeaderBlock = nil }
            let stream = state.pointee.streams[frame.pointee.hd.stream_id]
            state.pointee.events.append(.malformed(stream, reason: String(cString: nghttp2_strerror(code))))
            return 0
        }
    }

    private static func frameReceived(_ frame: UnsafePointer<nghttp2_frame>, _ state: State) {
        let header = frame.pointee.hd
        let stream = state.pointee.streams[header.stream_id]
        switch UInt32(header.type) {
        case NGHTTP2_HEADERS.rawValue:
            state.pointee.openHeaderBlock = nil
            guard let stream else { return }
            if frame.pointee.headers.cat == NGHTTP2_HCAT_REQUEST { state.pointee.events.append(.headReceived(stream)) }
            fallthrough
        case NGHTTP2_DATA.rawValue:
            guard let stream, UInt32(header.flags) & NGHTTP2_FLAG_END_STREAM.rawValue != 0 else { return }
            state.pointee.events.append(.requestEnded(stream))
        case NGHTTP2_RST_STREAM.rawValue: state.pointee.events.append(.streamReset)
        case NGHTTP2_SETTINGS.rawValue: state.pointee.events.append(.settingsReceived)
        case NGHTTP2_PING.rawValue where UInt32(header.flags) & NGHTTP2_FLAG_ACK.rawValue != 0:
            state.pointee.events.append(.pingAnswered)
        default: break
        }
    }

    private static func frameSent(_ frame: UnsafePointer<nghttp2_frame>, _ session: OpaquePointer?, _ state: State) {
        let header = frame.pointee.hd
        switch UInt32(header.type) {
        case NGHTTP2_HEADERS.rawValue, NGHTTP2_DATA.rawValue:
            guard UInt32(header.flags) & NGHTTP2_FLAG_END_STREAM.rawValue != 0,
                nghttp2_session_get_stream_remote_close(session, header.stream_id) == 0,
                let stream = state.pointee.streams[header.stream_id]
            else { return }
            state.pointee.events.append(.answeredEarly(stream))
        case NGHTTP2_RST_STREAM.rawValue where frame.pointee.rst_stream.error_code != NGHTTP2_NO_ERROR.rawValue:
            let isRefused = frame.pointee.rst_stream.error_code == NGHTTP2_REFUSED_STREAM.rawValue
            state.pointee.events.append(isRefused ? .streamRefused : .streamReset)
        case NGHTTP2_GOAWAY.rawValue where frame.pointee.goaway.error_code != NGHTTP2_NO_ERROR.rawValue:
            state.pointee.events.append(.connectionFailed(code: frame.pointee.goaway.error_code))
        default: break
        }
    }
}
