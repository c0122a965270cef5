// Codes of the server part of this module.

extension TransportError.Code {
    /// A network in `allow_from` cannot be read.
    package static let cidrMalformed = Self(rawValue: "cidr_malformed")
    /// Another program, or another listener of this one, has the address.
    package static let listenerAddressInUse = Self(rawValue: "listener_address_in_use")
    /// The operating system refuses the address to this user.
    package static let listenerPermissionDenied = Self(rawValue: "listener_permission_denied")
    /// The address is not one of this host, or its name does not resolve.
    package static let listenerAddressUnavailable = Self(rawValue: "listener_address_unavailable")
    /// The path of a Unix socket is taken by something that is no socket.
    package static let listenerSocketFile = Self(rawValue: "listener_socket_file")
    /// Anything else that keeps a listener from listening.
    package static let listenerFailed = Self(rawValue: "listener_failed")
    /// The HTTP/2 library could not make a session: out of memory.
    package static let http2SessionFailed = Self(rawValue: "http2_session_failed")
}
