// The one error type of this module.

/// Why bytes from outside were refused, for the log and for the person who looks into it. Holds no payload values
/// beyond names of members.
package struct ProtocolError: Error, Sendable, CustomStringConvertible {
    /// Stable codes; listed in docs/errors.md, never reused. Each part of the module lists its own in an extension.
    package struct Code: RawRepresentable, Hashable, Sendable {
        package let rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }
    }

    package var code: Code
    package var message: String
    /// Where in the payload, as a JSON path (`$.destinations[0].amountUSD`), or empty.
    package var path: String

    package init(_ code: Code, _ message: String, path: String = "") {
        self.code = code
        self.message = message
        self.path = path
    }

    package var description: String {
        path.isEmpty ? "\(message) [\(code.rawValue)]" : "\(path): \(message) [\(code.rawValue)]"
    }
}
