// Responses as HTTP/1.1 bytes: one buffer, one write.

import NIOCore
import NIOHTTP1

enum HTTP1ResponseWriter {
    /// `100 Continue`, an interim response without fields.
    static let interimContinue = ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")

    /// Serialises a response that `ResponseRules` found sendable.
    ///
    /// - Parameter omitsBody: for HEAD, whose answer says how long the body would be but has none.
    static func bytes(
        _ response: HTTPResponse, date: String, closes: Bool, omitsBody: Bool, allocator: ByteBufferAllocator
    ) -> ByteBuffer {
        let status = response.status
        let length = response.body.readableBytes
        var buffer = allocator.buffer(capacity: 256 + (omitsBody ? 0 : length))
        buffer.writeStaticString("HTTP/1.1 ")
        buffer.writeString(String(status))
        buffer.writeStaticString(" ")
        buffer.writeString(NIOHTTP1.HTTPResponseStatus(statusCode: status).reasonPhrase)
        buffer.writeStaticString("\r\nDate: ")
        buffer.writeString(date)
        buffer.writeStaticString("\r\n")
        for field in response.headers.fields where !ResponseRules.belongsToTransport(field.name) {
            buffer.writeString(field.name)
            buffer.writeStaticString(": ")
            buffer.writeString(field.value)
            buffer.writeStaticString("\r\n")
        }
        if closes { buffer.writeStaticString("Connection: close\r\n") }
        guard !ResponseRules.hasNoContent(status) else {
            buffer.writeStaticString("\r\n")
            return buffer
        }
        buffer.writeStaticString("Content-Length: ")
        buffer.writeString(String(length))
        buffer.writeStaticString("\r\n\r\n")
        if !omitsBody { buffer.writeImmutableBuffer(response.body) }
        return buffer
    }
}
