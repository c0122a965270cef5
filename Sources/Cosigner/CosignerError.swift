// The one error type of this program.

import ArgumentParser

/// Why the program cannot do what it was asked, for the operator. Never holds a key or a token.
struct CosignerError: Error, CustomStringConvertible {
    /// Stable codes; listed in docs/errors.md, never reused.
    enum Code: String {
        case homeMissing = "home_missing"
        case homeExists = "home_exists"
        case homeDamaged = "home_damaged"
        case fileUnreadable = "file_unreadable"
        case fileUnwritable = "file_unwritable"
        case userUnknown = "user_unknown"
        case optionMissing = "option_missing"
        case optionInvalid = "option_invalid"
        case callbackMissing = "callback_missing"
        case payloadInvalid = "payload_invalid"
        case workFailed = "work_failed"
    }

    var code: Code
    var message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    var description: String { "\(message) [\(code.rawValue)]" }

    /// 2 where the call was wrong, 1 where the work failed.
    var exitCode: ExitCode {
        switch code {
        case .optionMissing, .optionInvalid, .userUnknown: ExitCode(2)
        default: ExitCode(1)
        }
    }
}
