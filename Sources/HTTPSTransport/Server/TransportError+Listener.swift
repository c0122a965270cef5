// What went wrong while binding, for the person who must act.

import Glibc
import NIOCore

extension TransportError {
    /// Explains why a listener could not be bound.
    static func listener(_ configuration: ListenerConfiguration, _ error: any Error) -> TransportError {
        if let error = error as? TransportError {
            return TransportError(error.code, "Listener \(configuration.name): \(error.message)")
        }
        let place = "Listener \(configuration.name) cannot listen on \(configuration.address)"
        switch (error as? IOError)?.errnoCode {
        case EADDRINUSE:
            return TransportError(
                .listenerAddressInUse, "\(place): it is in use; stop the program that has it or choose another one")
        case EACCES, EPERM:
            return TransportError(
                .listenerPermissionDenied,
                "\(place): permission denied; ports below 1024 need CAP_NET_BIND_SERVICE, "
                    + "a socket file needs a directory that this user may write")
        case EADDRNOTAVAIL:
            return TransportError(.listenerAddressUnavailable, "\(place): this host does not have the address")
        case let code?:
            return TransportError(.listenerFailed, "\(place): \(String(cString: strerror(code)))")
        case nil where error as? SocketAddressError == .unixDomainSocketPathTooLong:
            return TransportError(
                .listenerSocketFile,
                "\(place): the path of a socket may have 103 bytes at most; name a shorter one with control_socket")
        case nil:
            let isName = error is SocketAddressError || error is SocketAddressError.UnknownHost
            return TransportError(
                isName ? .listenerAddressUnavailable : .listenerFailed,
                "\(place): \(isName ? "the name does not resolve" : "\(error)")")
        }
    }
}

extension ListenerConfiguration.Address: CustomStringConvertible {
    package var description: String {
        switch self {
        case .tcp(let host, let port): PeerAddress(host: host, port: port).description
        case .unix(let path): path
        }
    }
}
