// Who says what happened: this program, on this host.

import Foundation
import Glibc

/// The program as its events name it.
enum Product {
    static let vendor = "Countersign"
    static let name = "callback-server"
    static let version = "0.1.0"
}

/// Where events come from, and how syslog classes them.
struct EventOrigin: Sendable, Equatable {
    /// At most 255 printable ASCII characters, as RFC 5424 section 6.2.4 wants; `nil` where the host has no such name.
    let host: String?
    /// The process that decided; `nil` for an export, which another process makes.
    let process: Int32?
    var facility = SyslogFacility.local0

    init(host: String?, process: Int32?, facility: SyslogFacility = .local0) {
        let isPrintable = host?.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f } ?? false
        let isUsable = isPrintable && (1...255).contains(host?.utf8.count ?? 0) && host != "-"
        self.host = isUsable ? host : nil
        self.process = process
        self.facility = facility
    }

    /// This host.
    static func here(process: Int32? = nil, facility: SyslogFacility = .local0) -> EventOrigin {
        EventOrigin(host: ProcessInfo.processInfo.hostName, process: process, facility: facility)
    }
}

/// The facilities of RFC 5424 section 6.2.1 that an application may use, by the names of syslog(3).
enum SyslogFacility: String, Sendable, CaseIterable {
    case user, daemon, auth, authpriv, local0, local1, local2, local3, local4, local5, local6, local7

    var number: Int {
        switch self {
        case .user: 1
        case .daemon: 3
        case .auth: 4
        case .authpriv: 10
        case .local0: 16
        case .local1: 17
        case .local2: 18
        case .local3: 19
        case .local4: 20
        case .local5: 21
        case .local6: 22
        case .local7: 23
        }
    }
}
