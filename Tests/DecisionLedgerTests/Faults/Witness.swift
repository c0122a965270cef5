// What the world saw of one ledger: the answers that callers got, and the checkpoints that were remembered.

import SystemCrypto
import Testing

@testable import CallbackProtocol
@testable import CallbackRules
@testable import DecisionLedger

/// Keeps what must be true after any fault.
struct Witness {
    /// What one caller was told.
    struct Answer {
        let identity: String
        let payloadDigest: String
        let action: CallbackAction
        let isConflict: Bool
        let sequence: Int64
        let leafHash: [UInt8]
        let at: LedgerInstant
    }

    struct Vote {
        let hold: Int64
        let verdict: HoldVerdict
    }

    private(set) var answers: [Answer] = []
    private(set) var failures: [LedgerError] = []
    private(set) var votes: [Vote] = []
    private(set) var checkpoints: [Int: [UInt8]] = [:]

    mutating func hear(_ ask: Ask, _ outcome: Result<RecordedDecision, LedgerError>) {
        switch outcome {
        case .success(let recorded): hear(Answer(ask, recorded))
        case .failure(let error): failures.append(error)
        }
    }

    mutating func hear(_ answer: Answer) { answers.append(answer) }
    mutating func hear(vote: HoldVerdict, of hold: Int64) { votes.append(Vote(hold: hold, verdict: vote)) }

    /// What the file of the remembered checkpoint held at some time.
    mutating func look(at checkpoint: Checkpoint?) throws {
        guard let checkpoint else { return }
        if let known = checkpoints[checkpoint.size] { try #require(known == checkpoint.rootHash) }
        checkpoints[checkpoint.size] = checkpoint.rootHash
    }

    /// The disk lied: what was told may be gone.
    mutating func forgetAnswers() { (answers, votes) = ([], []) }
    mutating func forgetCheckpoints() { checkpoints = [:] }
}

extension Witness.Answer {
    /// A caller checks that the answer is one to its question.
    init(_ ask: Ask, _ recorded: RecordedDecision) {
        identity = Self.identity(ask.requestId, ask.stage, ask.signerId)
        payloadDigest = SHA256Digest.label(SHA256Digest.hash(ask.payload.utf8))
        (action, isConflict) = (recorded.action, recorded.isConflict)
        (sequence, leafHash, at) = (recorded.sequence, recorded.leafHash, recorded.recordedAt)
    }

    init(_ row: RecordedDecision) {
        identity = Self.identity(row.requestId, row.stage, row.signerId)
        payloadDigest = row.payloadDigest
        (action, isConflict) = (row.action, row.isConflict)
        (sequence, leafHash, at) = (row.sequence, row.leafHash, row.recordedAt)
    }

    /// All requests of these tests have one authenticator and one kind.
    static func identity(_ requestId: String, _ stage: RequestStage, _ signerId: String?) -> String {
        "\(requestId)/\(stage.rawValue)/\(signerId ?? "-")"
    }
}
