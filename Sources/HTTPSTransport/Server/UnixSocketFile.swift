// Binding a Unix socket that nobody else can open, not even for a moment.

import Glibc
import NIOCore

enum UnixSocketFile {
    /// Binds a stream socket to a path with mode 0600 and returns its descriptor, not yet listening.
    ///
    /// A socket file that nobody listens on is left over from a crash and is replaced. Errors: `IOError` of the system
    /// call; `TransportError` `listener_socket_file` where the path is something else.
    static func bind(_ path: String) throws -> CInt {
        let address = try SocketAddress(unixDomainSocketPath: path)
        try removeStale(path, address)
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw IOError(errnoCode: errno, reason: "socket") }
        // Linux gives the file the mode of the socket, so there is no moment at which it is wider (unix(7)).
        guard fchmod(descriptor, 0o600) == 0,
            address.withSockAddr({ pointer, length in Glibc.bind(descriptor, pointer, socklen_t(length)) }) == 0
        else {
            let code = errno
            close(descriptor)
            throw IOError(errnoCode: code, reason: "bind")
        }
        return descriptor
    }

    private static func removeStale(_ path: String, _ address: SocketAddress) throws {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw TransportError(
                .listenerSocketFile, "\(path) exists and is no socket; move it away or choose another path")
        }
        let probe = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard probe >= 0 else { throw IOError(errnoCode: errno, reason: "socket") }
        defer { close(probe) }
        let isServed = address.withSockAddr { pointer, length in connect(probe, pointer, socklen_t(length)) } == 0
        guard !isServed else { throw IOError(errnoCode: EADDRINUSE, reason: "bind") }
        unlink(path)
    }
}
