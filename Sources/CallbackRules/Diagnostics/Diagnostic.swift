// One finding about a rules file or a list that it names.

/// A finding: where, how serious, what, and what to do.
package struct Diagnostic: Error, Sendable, Hashable {
    package enum Severity: String, Sendable, Hashable {
        /// The file is not loaded.
        case error
        /// The file is loaded; somebody should look.
        case warning
    }

    /// The file as the caller named it, or the name of a list file as the rules file names it.
    package var file: String
    /// From 1; 0 where the finding is about the file as a whole.
    package var line: Int
    /// From 1, counted in Unicode scalars; 0 where the finding is about the file as a whole.
    package var column: Int
    package var code: DiagnosticCode
    package var message: String
    package var hint: String

    package var severity: Severity { code.severity }

    package init(
        file: String, line: Int, column: Int, code: DiagnosticCode, message: String, hint: String? = nil
    ) {
        self.file = file
        self.line = line
        self.column = column
        self.code = code
        self.message = message
        self.hint = hint ?? code.fix
    }
}

extension Diagnostic {
    /// One JSON object without line breaks, as `rules check --json` prints it.
    package var json: String {
        JSONText.object([
            ("file", JSONText.quote(file)), ("line", String(line)), ("column", String(column)),
            ("severity", JSONText.quote(severity.rawValue)), ("code", JSONText.quote(code.rawValue)),
            ("message", JSONText.quote(message)), ("hint", JSONText.quote(hint)),
        ])
    }
}

extension Diagnostic: CustomStringConvertible {
    /// `file:line:column: severity: message [code]` and the hint on a second line.
    package var description: String {
        "\(file):\(line):\(column): \(severity.rawValue): \(message) [\(code.rawValue)]\n    \(hint)"
    }
}
