// How a candidate is decided by each file, before and after the past is asked.

import CallbackProtocol

/// The rules of one file that take part in the decision of a candidate.
struct CandidateDecision {
    private enum Outcome {
        case settled(Verdict)
        case open(stopped: [CompiledRule], approving: [CompiledRule], matched: [CompiledRule])
    }

    private let outcome: Outcome
    private let ignores: Bool
    private let stage: RequestStage

    init(_ rows: [Row], _ firing: BitRow, side: Int, stage: RequestStage) {
        var (stopped, approving, matched, rejects, ignores) = (
            [CompiledRule](), [CompiledRule](), [CompiledRule](), false, false
        )
        for index in firing.members where rows[index].side == side {
            let row = rows[index]
            switch row.kind {
            case .reject: rejects = true
            case .ignore: ignores = true
            case .approve: approving.append(row.rule)
            case .holdStops: stopped.append(row.rule)
            case .holdMatches: matched.append(row.rule)
            }
        }
        let signed = matched.filter { rule in stopped.contains { $0.id.isExactly(rule.id) } }
        self.ignores = ignores
        self.stage = stage
        if rejects || approving.isEmpty && signed.isEmpty && (!stopped.isEmpty || !ignores) {
            outcome = .settled(.reject)
        } else {
            outcome = .open(stopped: stopped, approving: approving, matched: signed)
        }
    }

    /// The holds and limits that can matter.
    var holds: [CompiledHold] {
        guard case .open(let stopped, let approving, let matched) = outcome else { return [] }
        let limits = (approving + matched).flatMap(\.limits)
        return stopped.compactMap(\.hold)
            + limits.compactMap { if case .hold(let hold) = $0.consequence { hold } else { nil } }
    }

    var limits: [CompiledLimit] {
        guard case .open(_, let approving, let matched) = outcome, !ignores else { return [] }
        return (approving + matched).flatMap(\.limits)
    }

    /// Whether two files decide equally in every past, as far as that shows without looking at any.
    func isSame(as other: CandidateDecision) -> Bool {
        switch (outcome, other.outcome) {
        case (.settled(let mine), .settled(let theirs)): mine == theirs
        case (.open, .open):
            ignores == other.ignores && Set(holds.map(HoldName.init)) == Set(other.holds.map(HoldName.init))
                && Set(limits.map(LimitTerms.init)) == Set(other.limits.map(LimitTerms.init))
        default: false
        }
    }

    /// The effect in one past (rules language, items 1, 3, 4 and 13).
    func effect(_ past: LedgerChoice, side: Int) -> Verdict {
        switch outcome {
        case .settled(let verdict): return verdict
        case .open(let stopped, let approving, let matched):
            if let stop = Self.stop(stopped.compactMap(\.hold), past) { return stop }
            if ignores { return stage == .approval ? .ignore : .reject }
            let full = (approving + matched).flatMap(\.limits).filter {
                past.exceeded[side].contains(LedgerChoice.LimitName($0))
            }
            var (retries, holds) = (false, [CompiledHold]())
            for limit in full {
                switch limit.consequence {
                case .reject: return .reject
                case .retry: retries = true
                case .hold(let hold): holds.append(hold)
                }
            }
            return Self.stop(holds, past) ?? (retries ? .retry : .approve)
        }
    }

    private static func stop(_ holds: [CompiledHold], _ past: LedgerChoice) -> Verdict? {
        let statuses = holds.map(past.status)
        if statuses.contains(.refused) { return .reject }
        return statuses.contains(.waiting) ? .hold : nil
    }
}
