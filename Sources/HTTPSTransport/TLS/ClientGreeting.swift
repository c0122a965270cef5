// The first bytes of a client, looked at before OpenSSL sees them.

/// How large a ClientHello its sender says it is (RFC 8446 sections 4 and 5.1).
///
/// OpenSSL makes room for all of it, up to 130 kB, as soon as the announcement is there, so that a few bytes on each of many
/// connections would take much memory.
struct ClientGreeting {
    /// Far more than clients send, with post-quantum key shares too.
    static let limit = 16 * 1024

    private var start: [UInt8] = []
    /// The header of a record and that of a handshake message.
    private static let headers = 5 + 4

    /// Takes the next bytes of the connection; `false` where the greeting announces too much, or comes in records too small to say
    /// how much. What is no handshake at all is for OpenSSL to refuse.
    mutating func admits(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard start.count < Self.headers else { return true }
        start += bytes.prefix(Self.headers - start.count)
        guard let type = start.first, type == 22, start.count >= 5 else { return true }
        guard Int(start[3]) << 8 | Int(start[4]) >= 4 else { return false }
        guard start.count == Self.headers, start[5] == 1 else { return true }
        return start[6...].reduce(0) { $0 << 8 | Int($1) } <= Self.limit
    }
}
