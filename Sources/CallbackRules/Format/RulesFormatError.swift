// Why a file was not formatted.

/// A file that `rules fmt` leaves as it is.
package enum RulesFormatError: Error, Sendable, Hashable {
    /// The text is not YAML that rules files may use. The findings are the reader's own.
    case unreadable([Diagnostic])
    /// The canonical text would not say the same; which promise would break.
    case notKept(String)
}

extension RulesFormatError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unreadable(let findings): findings.map(\.description).joined(separator: "\n")
        case .notKept(let promise): "The file was left as it is: \(promise). Please report this."
        }
    }
}
