// The one error type of this program.

import ArgumentParser

/// Why the program cannot do what it was asked, for the operator: what, where, what to do. Never holds a secret.
struct ServerError: Error, CustomStringConvertible {
    /// Stable codes; listed in docs/errors.md, never reused.
    enum Code: String {
        case configurationUnreadable = "config_unreadable"
        case configurationInvalid = "config_invalid"
        case rulesInvalid = "rules_invalid"
        case fileUnreadable = "file_unreadable"
        case fileExists = "file_exists"
        case fileUnwritable = "file_unwritable"
        case keyUnusable = "key_unusable"
        case serverNotRunning = "server_not_running"
        case notFound = "not_found"
        case workFailed = "work_failed"
    }

    var code: Code
    var message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    var description: String { "\(message) [\(code.rawValue)]" }
}

/// The exit codes of every verb; see docs/interfaces.md.
extension ExitCode {
    static let workFailed = ExitCode(1)
    static let wrongCall = ExitCode(2)
    static let checkFoundProblems = ExitCode(3)
}
