// A password that prints as nothing.

/// Holds a password so that no description, reflection or interpolation shows it.
package struct PostgresPassword: Sendable, CustomStringConvertible, CustomReflectable {
    let text: String

    /// - Throws: `refused_target` for an empty password, or one with NUL or a line break (a file's last line break is
    ///   for the caller to remove).
    package init(_ text: String) throws(PostgresError) {
        guard !text.isEmpty, !text.unicodeScalars.contains(where: { $0.value == 0 || $0 == "\n" || $0 == "\r" }) else {
            throw PostgresError(.refusedTarget, "The PostgreSQL password is empty, or contains NUL or a line break")
        }
        self.text = text
    }

    package var description: String { "(password)" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
