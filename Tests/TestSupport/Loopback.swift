// Sockets of this machine, for the helpers that need no server of NIO.

import Glibc

/// Binds or connects to a port of 127.0.0.1; returns the socket's own port.
func loopback(
    _ descriptor: Int32, _ port: Int, _ call: (Int32, UnsafePointer<sockaddr>?, socklen_t) -> Int32
) throws -> Int {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            call(descriptor, $0, length) == 0 ? getsockname(descriptor, $0, &length) : -1
        }
    }
    guard descriptor >= 0, status == 0 else { throw PostgresServerError("127.0.0.1:\(port): \(errno)") }
    return Int(UInt16(bigEndian: address.sin_port))
}
