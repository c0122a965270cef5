// What readiness asks the ledger.

/// Whether the ledger can take decisions now, and if not, why.
package struct LedgerStatus: Sendable {
    /// What the last transaction failed with; `nil` once one succeeded again.
    package var lastError: LedgerError?
    package var isClosed: Bool
    /// Decisions that wait for the writer.
    package var queueDepth: Int
    package var queueCapacity: Int
    /// Bytes left to this process on the ledger's file system, `nil` where that could not be read.
    package var freeBytes: UInt64?
    package var minimumFreeBytes: UInt64

    /// Reasons not to send requests here, for `/readyz`; empty when ready.
    package var problems: [String] {
        var problems: [String] = []
        if isClosed { problems.append("the ledger is closed") }
        if let lastError { problems.append("ledger: \(lastError.message) [\(lastError.code.rawValue)]") }
        if let freeBytes, freeBytes < minimumFreeBytes {
            problems.append(
                "ledger: \(freeBytes >> 20) MiB free on its file system, at least \(minimumFreeBytes >> 20) MiB needed")
        }
        if queueDepth >= queueCapacity { problems.append("ledger: \(queueDepth) decisions wait, its queue is full") }
        return problems
    }

    package var isWritable: Bool { problems.isEmpty }
}
