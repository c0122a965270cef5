// Verifies a whole ledger, or what came after a checkpoint that is trusted.

import Dispatch
import Synchronization

/// Recomputes every leaf, the tree above them, and everything that is derived from them, and compares.
///
/// Entries are read and hashed in pages, as many at once as there are readers; the tree is built from them in order. Memory
/// does not grow with the log.
package struct LedgerVerifier {
    private let sources: [any LedgerSource]
    private let key: NoteVerifierKey?

    /// - Parameters:
    ///   - readers: readers of one ledger, each with a connection of its own.
    ///   - key: what the log's checkpoints must be signed with; `nil` leaves signatures unchecked.
    package init(_ readers: [LedgerReader], key: NoteVerifierKey?) {
        self.init(readers.map(\.source), key: key)
    }

    init(_ sources: [any LedgerSource], key: NoteVerifierKey?) {
        (self.sources, self.key) = (sources, key)
    }

    /// - Parameters:
    ///   - trusted: a checkpoint that somebody kept. The log must hold it.
    ///   - tailOnly: look only at the entries after `trusted`; what lies before is vouched for by its root.
    package func verify(trusted: Checkpoint? = nil, tailOnly: Bool = false) throws(LedgerError) -> LedgerReport {
        guard let source = sources.first else { return LedgerReport() }
        var report = LedgerReport()
        let head = try source.read { try LedgerHead.read($0, locking: false) }
        report.size = head.size
        report.origin = head.origin
        if let trusted, Int64(trusted.size) > head.size {
            report.add([
                LedgerFinding(
                    .truncated, nil,
                    "the log ends at entry \(head.size), but the trusted checkpoint covers \(trusted.size): entries were"
                        + " removed, or an older copy was put in its place")
            ])
        }
        var frontier = MerkleFrontier()
        if tailOnly, let trusted, Int64(trusted.size) <= head.size {
            frontier = try source.read { session in
                var prover = try MerkleProver(size: trusted.size, session: session)
                return try prover.frontier()
            }
            report.add(Self.compare(frontier.root, trusted))
        }
        var tree = TreeCheck(frontier: frontier, trusted: trusted)
        try walk(from: Int64(frontier.size) + 1, to: head.size, &tree, &report)
        report.root = tree.frontier.root
        if tree.frontier != head.frontier {
            report.add([LedgerFinding(.tree, nil, "the stored end of the log is not what its entries give")])
        }
        try checkEnds(source, tree, &report)
        return report
    }

    /// Pages are read in rounds, by every source that is free; the first one begins with what is done in order, with the
    /// pages of the round before.
    private func walk(
        from first: Int64, to last: Int64, _ tree: inout TreeCheck, _ report: inout LedgerReport
    ) throws(LedgerError) {
        let folding = Mutex(Folding(source: sources[0], tree: tree, report: report))
        var (next, before) = (first, [Result<EntryPage, LedgerError>]())
        repeat {
            let round = ReadingRound(from: next, to: last)
            let pages = before
            DispatchQueue.concurrentPerform(iterations: sources.count) { index in
                if index == 0 { folding.withLock { $0.add(pages) } }
                round.read(sources[index])
            }
            before = round.pages
            next = round.end
        } while !before.isEmpty
        let failure = folding.withLock { folding in
            (tree, report) = (folding.tree, folding.report)
            return folding.failure
        }
        if let failure { throw failure }
    }

    private func checkEnds(
        _ source: any LedgerSource, _ tree: TreeCheck, _ report: inout LedgerReport
    ) throws(LedgerError) {
        let (size, origin) = (report.size, report.origin)
        let (found, signed) = try source.read { session -> ([LedgerFinding], Int64) in
            var found = try LimitCheck.wrongSums(session) + HoldCheck.findings(session)
            for (table, what) in [("decisions", "decision"), ("hold_events", "hold event")] {
                let row = try session.first("SELECT coalesce(max(sequence), 0) FROM \(table)")
                let last = try row?.integer(0) ?? 0
                if last > size {
                    found.append(LedgerFinding(.surplus, last, "a \(what) stands behind the end of the log"))
                }
            }
            let newest = try session.first("SELECT size, note FROM checkpoints ORDER BY size DESC LIMIT 1")
            guard let newest else { return (found, 0) }
            guard let key else { return (found, try newest.integer(0)) }
            do throws(LedgerError) {
                let note = try SignedNote(parsing: Array(try newest.text(1).utf8))
                let checkpoint = try Checkpoint(verifying: note, by: [key], origin: origin)
                return (found, Int64(checkpoint.size))
            } catch {
                found.append(
                    LedgerFinding(.checkpoint, nil, "the newest checkpoint is not the log's: \(error.message)"))
                return (found, 0)
            }
        }
        report.add(found)
        report.signedSize = signed
    }

    static func compare(_ root: [UInt8], _ trusted: Checkpoint) -> [LedgerFinding] {
        guard root != trusted.rootHash else { return [] }
        return [
            LedgerFinding(
                .checkpoint, nil,
                "the first \(trusted.size) entries are not those of the trusted checkpoint: some were changed, added, removed"
                    + " or put in another order")
        ]
    }
}
