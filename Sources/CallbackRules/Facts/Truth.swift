// Three values: yes, no, and could not tell.

/// Kleene's three-valued logic, ordered from false to true, so that AND is the minimum.
enum Truth: Int, Sendable, Hashable, Comparable {
    case no = 0
    case unknown = 1
    case yes = 2

    init(_ value: Bool) { self = value ? .yes : .no }

    static func < (left: Truth, right: Truth) -> Bool { left.rawValue < right.rawValue }

    static prefix func ! (value: Truth) -> Truth {
        switch value {
        case .no: .yes
        case .unknown: .unknown
        case .yes: .no
        }
    }
}
