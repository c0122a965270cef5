// What verification finds.

/// One thing that is not as it was recorded, or not as it must be.
package struct LedgerFinding: Sendable, Hashable {
    /// Stable codes; listed in docs/ledger.md.
    package enum Code: String, Sendable, CaseIterable {
        /// A column of a decision or hold event is not what its leaf hash was made from.
        case changed = "record_changed"
        /// The stored payload is not the one whose digest was recorded.
        case payload = "payload_changed"
        /// A column that is only searched by says something else than the record.
        case search = "search_column_changed"
        /// No entry stands at a place of the log.
        case missing = "entry_missing"
        /// An entry stands where none can.
        case surplus = "entry_surplus"
        /// The log's own time goes back between two entries.
        case time = "time_goes_back"
        /// The stored end of the log, or a stored subtree, is not what its entries give.
        case tree = "tree_changed"
        /// A signed checkpoint is not one of this log, or its signature is none of the log's key.
        case checkpoint = "checkpoint_mismatch"
        /// The log ends before a checkpoint that is trusted.
        case truncated = "log_truncated"
        /// A counter of a limit is not what the recorded charges give.
        case limit = "limit_changed"
        /// A hold is not what its recorded events give.
        case hold = "hold_changed"
    }

    package let code: Code
    /// The place in the log that is at fault, where it is one.
    package let sequence: Int64?
    package let message: String

    init(_ code: Code, _ sequence: Int64?, _ message: String) {
        (self.code, self.sequence, self.message) = (code, sequence, message)
    }
}

/// The outcome of a verification.
package struct LedgerReport: Sendable {
    /// Entries in the log, and how many of them were looked at.
    package internal(set) var size: Int64 = 0
    package internal(set) var checked: Int64 = 0
    /// Of the entries as they are now; hex where it is shown.
    package internal(set) var root: [UInt8] = []
    package internal(set) var origin = ""
    /// The largest size that a valid signature of the log's key covers.
    package internal(set) var signedSize: Int64 = 0
    /// The first `limit` findings, in the order in which they were met; more are only counted.
    package internal(set) var findings: [LedgerFinding] = []
    package internal(set) var findingCount = 0
    private static let limit = 100

    package var isSound: Bool { findingCount == 0 }

    mutating func add(_ found: [LedgerFinding]) {
        findingCount += found.count
        findings += found.prefix(max(0, Self.limit - findings.count))
    }
}
