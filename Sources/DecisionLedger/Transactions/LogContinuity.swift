// Whether the store still holds what it held at the last commit: a server that was put back, or a standby that took over
// without the newest entries, must not be taken for the ledger.

import Synchronization

/// Compares every transaction's beginning with the end of the last one that was committed here.
final class LogContinuity: Sendable {
    /// The end of the log as it was committed.
    struct Known: Sendable {
        let connection: Int
        let frontier: MerkleFrontier

        init(_ transaction: LedgerTransaction) {
            connection = transaction.session.connectionNumber
            frontier = transaction.head.frontier
        }
    }

    private let known = Mutex<Known?>(nil)

    func remember(_ known: Known) { self.known.withLock { $0 = known } }

    /// Looks at the size each time, and over a new connection at every entry that was there.
    func check(_ transaction: LedgerTransaction) throws {
        guard let known = known.withLock({ $0 }) else { return }
        let (size, found) = (known.frontier.size, transaction.head.frontier)
        guard found.size >= size else {
            throw LedgerError(
                .rolledBack,
                "the ledger ends at entry \(found.size), but this server has recorded entry \(size): it was put back to an"
                    + " earlier state. Restore the newest copy, then restart")
        }
        guard known.connection != transaction.session.connectionNumber, size > 0 else { return }
        var prover = try MerkleProver(size: size, session: transaction.session)
        guard try prover.root() == known.frontier.root else {
            throw LedgerError(
                .rolledBack,
                "the ledger's first \(size) entries are not those that this server has recorded: run `decisions verify`,"
                    + " restore the newest copy, then restart")
        }
    }
}
