// Signs where the log stands, at most once a second, and remembers it beside the ledger.

import Synchronization
import SystemCrypto

/// The key that signs checkpoints (C2SP tlog-checkpoint), and when it does.
final class CheckpointNotary: Sendable {
    /// What was signed within a transaction; counts once that is durable.
    struct Signed: Sendable {
        let size: Int64
        let hasOpenHolds: Bool
        /// `nil` where it was not yet time to sign.
        let note: String?
        let at: LedgerInstant
    }

    private struct State {
        var lastSigned = LedgerInstant(milliseconds: 0)
        var signedSize: Int64 = -1
        var size: Int64 = -1
        var watchesHolds = false
    }

    private let signer: NoteSigner
    private let memory: CheckpointMemory?
    private let interval: Int64
    private let state = Mutex(State())

    init(_ signer: NoteSigner, memory: CheckpointMemory?, options: LedgerOptions) {
        self.signer = signer
        self.memory = memory
        interval = Int64(options.checkpointIntervalMilliseconds)
    }

    /// Whether something stands in the log that no checkpoint covers.
    var isBehind: Bool { state.withLock { $0.size > $0.signedSize } }
    /// Whether a hold may expire without anybody asking.
    var watchesHolds: Bool { state.withLock { $0.watchesHolds } }

    /// What an earlier run left unsigned, and what waits for people.
    func begin(_ session: any SQLSession) throws {
        let head = try LedgerHead.read(session)
        let newest = try session.first("SELECT coalesce(max(size), 0) FROM checkpoints")?.integer(0) ?? 0
        let waits = try LedgerTransaction.findsOpenHolds(session)
        state.withLock { state in
            (state.size, state.signedSize, state.watchesHolds) = (head.size, newest, waits)
        }
    }

    /// The log ends: what is not signed yet is signed by the next transaction, however short the time since the last one.
    func hurry() { state.withLock { $0.lastSigned = LedgerInstant(milliseconds: 0) } }

    /// Within a transaction, after everything else: signs and stores a checkpoint, where it is time for one.
    func sign(_ transaction: inout LedgerTransaction) throws -> Signed {
        let (head, now) = (transaction.head, transaction.now)
        let isDue = state.withLock { state in
            head.size > state.signedSize && head.size > 0
                && now.milliseconds - interval >= state.lastSigned.milliseconds
        }
        var note: String?
        if isDue {
            let root = head.frontier.root
            note = try Checkpoint(origin: head.origin, size: head.frontier.size, rootHash: root)
                .signed(by: signer).serialized
            try transaction.session.write(
                "INSERT INTO checkpoints (size, recorded_at, root, note) VALUES (?, ?, ?, ?) ON CONFLICT (size) DO NOTHING",
                [.integer(head.size), SQLValue(now), .blob(root), SQLValue(note)])
        }
        return Signed(size: head.size, hasOpenHolds: transaction.hasOpenHolds, note: note, at: now)
    }

    /// After the commit.
    func remember(_ signed: Signed) {
        state.withLock { state in
            state.size = signed.size
            state.watchesHolds = signed.hasOpenHolds
            if signed.note != nil { (state.signedSize, state.lastSigned) = (signed.size, signed.at) }
        }
        if let note = signed.note { memory?.write(note) }
    }
}
