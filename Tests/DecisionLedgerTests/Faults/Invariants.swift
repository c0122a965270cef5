// The six promises of docs/faults.md, as checks of one ledger.
//
// Each returns what is broken, in words; empty where it holds. Numbers 5 and 6 are met while the ledger runs (see
// `SeededRun`), the others by reading it.

import Foundation

@testable import CallbackProtocol
@testable import CallbackRules
@testable import DecisionLedger

struct Invariants {
    private let witness: Witness
    private let limits: [LimitedRules.Limit]
    private let key: NoteVerifierKey
    private let rows: [RecordedDecision]
    private let reader: LedgerReader

    init(_ path: String, _ rules: LimitedRules, _ key: NoteVerifierKey, _ witness: Witness) throws {
        (self.witness, limits, self.key) = (witness, rules.limits, key)
        reader = try LedgerReader.open(path: path)
        rows = try reader.list()
    }

    func broken() throws -> [String] {
        try answersAreFound() + oneFinalAnswer() + limitsHold() + chargesCountOnce() + logVerifies()
    }

    /// What must hold even where the disk lied about syncs.
    func brokenInTheLog() throws -> [String] {
        try oneFinalAnswer() + exceeded(rows.map(Approval.init)) + chargesCountOnce() + logVerifies()
    }

    /// 1: whoever was told "recorded" finds exactly that.
    func answersAreFound() throws -> [String] {
        let bySequence = Dictionary(rows.map { ($0.sequence, Witness.Answer($0)) }) { first, _ in first }
        var broken = witness.answers.compactMap { told -> String? in
            guard let row = bySequence[told.sequence] else { return "1: answer \(told.sequence) is gone" }
            let isSame =
                row.leafHash == told.leafHash && row.action == told.action && row.identity == told.identity
                && row.payloadDigest == told.payloadDigest && row.at == told.at
            return isSame ? nil : "1: answer \(told.sequence) is another one now"
        }
        for vote in witness.votes {
            let voices = try reader.hold(vote.hold)?.voices ?? []
            if !voices.contains(where: { $0.verdict == vote.verdict }) {
                broken.append("1: a vote on hold \(vote.hold) is gone")
            }
        }
        return broken
    }

    /// 2: no identity has two different final answers, neither told nor stored.
    func oneFinalAnswer() -> [String] {
        var broken: [String] = []
        var told: [String: Witness.Answer] = [:]
        for answer in witness.answers where answer.action.isFinal {
            if answer.isConflict {
                if answer.action != .reject { broken.append("2: a changed payload was answered \(answer.action)") }
                continue
            }
            let first = told[answer.identity, default: answer]
            if first.action != answer.action || first.payloadDigest != answer.payloadDigest
                || first.sequence != answer.sequence
            {
                broken.append("2: \(answer.identity) was told \(first.action) and \(answer.action)")
            }
            told[answer.identity] = first
        }
        let stored = rows.map(Witness.Answer.init).filter { $0.action.isFinal && !$0.isConflict }
        if Set(stored.map(\.identity)).count != stored.count {
            broken.append("2: an identity has two final answers in the ledger")
        }
        return broken
    }

    /// 3: neither what was told nor what is stored exceeds a limit at any time.
    func limitsHold() -> [String] {
        let told = Set(witness.answers.map(\.sequence))
        return exceeded(rows.filter { told.contains($0.sequence) }.map(Approval.init))
            + exceeded(rows.map(Approval.init))
    }

    /// 3: the counters are what the recorded approvals charge: each request once, the larger amount, at the later time.
    func chargesCountOnce() throws -> [String] {
        var expected: [String: [String: (Int64, Int)]] = [:]
        for row in rows.map(Approval.init) where row.isApproved {
            for limit in limits where limit.rule == row.rule {
                let amount = limit.countsRequests ? 1 : row.dollars
                let before = expected[limit.name]?[row.requestId]?.1 ?? 0
                expected[limit.name, default: [:]][row.requestId] = (row.at, max(amount, before))
            }
        }
        let charged = try reader.source.read { session in
            try session.all(
                "SELECT name, request_id, charged_at, amount FROM limit_charges JOIN limit_counters USING (counter)")
        }
        var broken: [String] = []
        for row in charged {
            let parts = try StrictJSON.parse(Array(try row.text(0).utf8)).array?.compactMap(\.string) ?? []
            let (name, request) = (parts.count > 1 ? parts[1] : "?", try row.text(1))
            let charge = expected[name]?.removeValue(forKey: request)
            let found = (try row.integer(2), Int(try row.text(3)) ?? -1)
            if charge == nil || charge?.0 != found.0 || charge?.1 != found.1 {
                broken.append(
                    "3: limit \(name) has \(found) for \(request), the records say \(String(describing: charge))")
            }
        }
        for (name, rest) in expected where !rest.isEmpty {
            broken.append("3: limit \(name) misses \(rest.keys.sorted())")
        }
        return broken
    }

    /// 4: the log verifies as a whole, and begins with every checkpoint that was ever remembered.
    func logVerifies() throws -> [String] {
        let report = try LedgerVerifier([reader], key: key).verify()
        var broken = report.findings.map { "4: \($0.code.rawValue) at \($0.sequence ?? 0): \($0.message)" }
        let hashes = try reader.source.read { session in
            try session.all(
                """
                SELECT sequence, leaf_hash FROM decisions UNION ALL SELECT sequence, leaf_hash FROM hold_events
                ORDER BY sequence
                """
            ).map { try $0.blob(1) }
        }
        var frontier = MerkleFrontier()
        var roots = [frontier.root]
        for hash in hashes {
            try frontier.append(hash)
            roots.append(frontier.root)
        }
        for (size, root) in witness.checkpoints where size >= roots.count || roots[size] != root {
            broken.append("4: the log of \(hashes.count) entries does not begin with the checkpoint of size \(size)")
        }
        return broken
    }

    private func exceeded(_ decisions: [Approval]) -> [String] {
        var broken: [String] = []
        for limit in limits {
            var charges: [String: (at: Int64, amount: Int)] = [:]
            for decision in decisions where decision.isApproved && decision.rule == limit.rule {
                let amount = limit.countsRequests ? 1 : decision.dollars
                charges[decision.requestId] = (decision.at, max(amount, charges[decision.requestId]?.amount ?? 0))
                let sum = charges.values.reduce(0) { $1.at > decision.at - limit.period ? $0 + $1.amount : $0 }
                if sum > limit.bound {
                    broken.append("3: \(sum) of \(limit.bound) of limit \(limit.name) at \(decision.sequence)")
                }
            }
        }
        return broken
    }
}

/// What a decision means for limits.
private struct Approval {
    let sequence: Int64
    let requestId: String
    let rule: String
    let dollars: Int
    let at: Int64
    let isApproved: Bool

    init(_ decision: RecordedDecision) {
        sequence = decision.sequence
        requestId = decision.requestId
        dollars = Int(decision.summary["amountUsd"]?.string ?? "") ?? 0
        rule = dollars > 100 ? "large" : "payout"
        at = decision.recordedAt.milliseconds
        isApproved = decision.action == .approve
    }
}
