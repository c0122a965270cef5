// What is looked at before a ledger is served: its end against its head, and, of a small one, everything.

/// Refuses a ledger whose entries are not what they were when they were recorded. Reads only.
///
/// A disk that loses or misplaces writes leaves a database that is sound for SQLite and wrong for us: an older page of the
/// head, of an index, of a counter. What a wrong answer could come from is looked at here, before the first one.
struct OpeningCheck {
    /// So many entries at the end are looked at in any case.
    private static let tail: Int64 = 256

    let session: any SQLSession
    let path: String

    /// The end of the log: head, hashes, entries, and the index by which repeats are found.
    func end() throws {
        let head = try head()
        let size = head.size
        try refuse(unless: try head.frontier == storedFrontier(size), "the end of the log is not what its entries give")
        for table in ["decisions", "hold_events"] {
            let last = try session.first("SELECT coalesce(max(sequence), 0) FROM \(table)")?.integer(0) ?? 0
            try refuse(unless: last <= size, "entry \(last) stands behind the end of the log, which has \(size)")
        }
        let first = max(1, size - Self.tail + 1)
        let page = try EntryPage(session, from: first, to: size)
        try Self.refuse(page.findings, path)
        try refuse(
            unless: Int64(page.entries.count) == max(0, size - first + 1), "entries are missing at the end of the log")
        try refuse(unless: try isFound(from: first, to: size), "an index does not find entries at the end of the log")
    }

    /// Every entry, the tree, the counters of limits and the holds.
    static func everything(_ source: any LedgerSource, path: String) throws {
        try refuse(LedgerVerifier([source], key: nil).verify().findings, path)
    }

    /// A head that cannot be read is damage as well.
    func head() throws -> LedgerHead {
        do { return try LedgerHead.read(session) } catch let error as LedgerError where error.code != .corrupt {
            throw Self.damage(error.message, path)
        }
    }

    private func storedFrontier(_ size: Int64) throws -> MerkleFrontier {
        var prover = try MerkleProver(size: Int(size), session: session)
        return try prover.frontier()
    }

    /// `+` keeps the planner from taking the short way around the index.
    private func isFound(from first: Int64, to last: Int64) throws -> Bool {
        let lost = try session.first(
            """
            SELECT sequence FROM decisions AS entry WHERE sequence BETWEEN ? AND ? AND NOT EXISTS (
                SELECT 1 FROM decisions AS found WHERE found.request_id = entry.request_id
                AND found.requester = entry.requester AND found.slot = entry.slot AND +found.sequence = entry.sequence)
            LIMIT 1
            """, [.integer(first), .integer(last)])
        return lost == nil
    }

    /// Columns that are only searched by may wait for `decisions verify`.
    private static func refuse(_ findings: [LedgerFinding], _ path: String) throws {
        guard let finding = findings.first(where: { $0.code != .search && $0.code != .checkpoint }) else { return }
        let place = finding.sequence.map { " at entry \($0)" } ?? ""
        throw damage("\(finding.message)\(place) (\(finding.code.rawValue))", path)
    }

    private func refuse(unless isSound: Bool, _ what: String) throws {
        if !isSound { throw Self.damage(what, path) }
    }

    private static func damage(_ what: String, _ path: String) -> LedgerError {
        LedgerError(
            .corrupt,
            "the ledger is damaged: \(what). Nothing was changed. Keep the files, run `decisions verify` on them, and restore"
                + " the newest sound copy", path: path)
    }
}
