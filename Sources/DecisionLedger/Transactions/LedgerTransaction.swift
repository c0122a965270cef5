// One transaction of the writer: decisions, hold events and checkpoints go into the log through it, one after another.

/// The open transaction. Reads where the log ends, appends to it, and writes the new end once, in `finish`.
struct LedgerTransaction {
    let session: any SQLSession
    private(set) var head: LedgerHead
    /// The time of everything in this transaction: the clock's, but never before the log's own.
    let now: LedgerInstant
    let nowText: String
    private let sizeBefore: Int64
    /// Whether a request waits for people; mostly none does, and then nothing is looked up.
    var hasOpenHolds: Bool
    /// Requests of which the ledger is known to hold nothing yet; see `look(for:)`.
    var unseen: Set<RequestKey> = []

    init(_ session: any SQLSession, clock: LedgerInstant) throws {
        self.session = session
        head = try LedgerHead.read(session)
        now = max(clock, head.recordedAt)
        nowText = now.description
        sizeBefore = head.size
        hasOpenHolds = try Self.findsOpenHolds(session)
    }

    static let openStates = "state IN ('waiting', 'approved')"

    static func findsOpenHolds(_ session: any SQLSession) throws -> Bool {
        try session.first("SELECT 1 FROM holds WHERE \(openStates) LIMIT 1") != nil
    }

    /// The place of the next entry, from 1.
    var nextSequence: Int64 { head.size + 1 }

    /// Appends a leaf to the tree. Its row must be there already.
    mutating func append(leafHash: [UInt8]) throws {
        for node in try head.frontier.append(leafHash) {
            try session.write(
                "INSERT INTO tree_nodes (level, position, hash) VALUES (?, ?, ?)",
                [.integer(Int64(node.level)), .integer(Int64(node.index)), .blob(node.hash)])
        }
    }

    /// Writes the head as it is: finds out whether writing works.
    func touch() throws { try head.write(session) }

    /// Writes the new end of the log, where something was appended.
    mutating func finish() throws {
        guard head.size > sizeBefore else { return }
        head.recordedAt = now
        try head.write(session)
    }
}
