// The findings of one load, collected.

/// A place in a YAML text, both from 1.
package struct SourcePosition: Sendable, Hashable {
    package var line: Int
    package var column: Int
}

/// A value and the place that says it.
package struct Located<Value: Sendable>: Sendable {
    package var value: Value
    package var position: SourcePosition

    init(_ value: Value, _ position: SourcePosition) {
        self.value = value
        self.position = position
    }
}

/// Collects findings about one rules file.
struct Findings {
    let file: String
    private(set) var all: [Diagnostic] = []

    init(file: String) { self.file = file }

    var hasErrors: Bool { all.contains { $0.severity == .error } }

    mutating func add(
        _ code: DiagnosticCode, at position: SourcePosition?, _ message: String, hint: String? = nil
    ) {
        add(
            Diagnostic(
                file: file, line: position?.line ?? 0, column: position?.column ?? 0, code: code, message: message,
                hint: hint))
    }

    mutating func add(_ diagnostic: Diagnostic) { all.append(diagnostic) }

    /// Errors and warnings in the order of the text, the rules file before its lists.
    var sorted: [Diagnostic] {
        all.enumerated().sorted { left, right in
            func key(_ item: (offset: Int, element: Diagnostic)) -> (Int, Int, Int, Int) {
                (item.element.file == file ? 0 : 1, item.element.line, item.element.column, item.offset)
            }
            return key(left) < key(right)
        }.map(\.element)
    }
}
