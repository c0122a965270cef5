// What both engines store alike.

import CallbackProtocol

/// A value of a statement or of a row.
package enum SQLValue: Sendable, Hashable {
    case null
    case integer(Int64)
    case text(String)
    case blob([UInt8])
}

extension SQLValue {
    init(_ text: String?) { self = text.map(SQLValue.text) ?? .null }
    init(_ flag: Bool) { self = .integer(flag ? 1 : 0) }
    init(_ instant: LedgerInstant) { self = .integer(instant.milliseconds) }
}

/// One row of a result. A value of another type than the schema's means that somebody else wrote the table.
package struct SQLRow: Sendable {
    package let values: [SQLValue]

    package init(_ values: [SQLValue]) {
        self.values = values
    }

    func integer(_ column: Int) throws(LedgerError) -> Int64 {
        guard case .integer(let value) = values[column] else { throw unexpected(column) }
        return value
    }

    func text(_ column: Int) throws(LedgerError) -> String {
        guard case .text(let value) = values[column] else { throw unexpected(column) }
        return value
    }

    func optionalText(_ column: Int) throws(LedgerError) -> String? {
        if case .null = values[column] { nil } else { try text(column) }
    }

    func flag(_ column: Int) throws(LedgerError) -> Bool { try integer(column) != 0 }

    func blob(_ column: Int) throws(LedgerError) -> [UInt8] {
        guard case .blob(let value) = values[column] else { throw unexpected(column) }
        return value
    }

    func optionalBlob(_ column: Int) throws(LedgerError) -> [UInt8]? {
        if case .null = values[column] { nil } else { try blob(column) }
    }

    func instant(_ column: Int) throws(LedgerError) -> LedgerInstant {
        LedgerInstant(milliseconds: try integer(column))
    }

    func decimal(_ column: Int) throws(LedgerError) -> ExactDecimal {
        guard let value = ExactDecimal(plain: try text(column)) else { throw unexpected(column) }
        return value
    }

    private func unexpected(_ column: Int) -> LedgerError {
        LedgerError(
            .corrupt,
            "a row of the ledger holds a value that no ledger writes (column \(column)): restore from a backup")
    }
}
