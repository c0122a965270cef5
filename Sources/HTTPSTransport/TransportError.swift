// The one error type of this module.

/// What went wrong in the transport, for the person who must act.
///
/// Equality and handling go by `code`; the message says what, where, and what to do, and never holds a secret.
package struct TransportError: Error, Sendable, CustomStringConvertible {
    /// Stable codes; listed in docs/errors.md, never reused.
    package struct Code: RawRepresentable, Hashable, Sendable {
        package let rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }
    }

    package var code: Code
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { "\(message) [\(code.rawValue)]" }
}

// Each part of the transport lists its codes in an extension beside it.
