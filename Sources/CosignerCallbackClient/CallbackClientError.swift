// The one error type of this module.

/// Why a callback handler's answer was not obtained, or not accepted. None of these is ever treated as an action.
package struct CallbackClientError: Error, Sendable, CustomStringConvertible {
    /// Stable codes; listed in docs/errors.md, never reused. Codes of the transport (`tls_...`, `connect_...`) and of the
    /// protocol (`bad_signature`, ...) pass through as they are.
    package let code: String
    package let message: String

    package init(code: String, message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { "\(message) [\(code)]" }

    static func settings(_ message: String) -> CallbackClientError {
        CallbackClientError(code: "callback_settings_invalid", message: message)
    }
}
