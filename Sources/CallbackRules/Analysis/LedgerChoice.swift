// The pasts that two files can tell apart: signatures of people, and limits that are full.

import CallbackProtocol

/// How a hold stands.
enum HoldStatus: Sendable, Hashable { case waiting, signed, refused }

/// One past, as far as the rules of a candidate ask about it.
struct LedgerChoice: Sendable {
    /// What is assumed of one hold.
    var holds: [HoldKey: (since: Int64?, approvals: Set<String>, refusals: Set<String>)] = [:]
    /// Limits that are exceeded, by file.
    var exceeded: [Set<LimitName>] = [[], []]

    struct LimitName: Sendable, Hashable {
        let rule: String
        let limit: String

        init(_ limit: CompiledLimit) { (rule, self.limit) = (limit.rule, limit.id) }
    }

    static let untouched = LedgerChoice()

    /// How a hold stands in this past.
    func status(_ hold: CompiledHold) -> HoldStatus {
        guard let state = holds[hold.key] else { return .waiting }
        if state.refusals.contains(where: { hold.group.people[$0] != nil }) { return .refused }
        if let since = state.since, since >= hold.expiresAfter { return .refused }
        return state.approvals.count { hold.group.people[$0] != nil } >= hold.group.required ? .signed : .waiting
    }
}

extension LedgerChoice {
    /// All pasts that differ for these holds and limits, of each file; `nil` where there are too many.
    ///
    /// - Parameter isFirstEnough: leaves out pasts that show no difference of effects where the others show none: where
    ///   a hold that both files have is not signed, and where a limit that both have is full.
    static func all(
        holds: [[CompiledHold]], limits: [[CompiledLimit]], isFirstEnough: Bool, fits: (CompiledLimit) -> Bool,
        maximum: Int = 4096
    ) -> [LedgerChoice]? {
        var all = [LedgerChoice.untouched]
        let haveSameHolds = Set(holds[0].map(HoldName.init)) == Set(holds[1].map(HoldName.init))
        for key in unique(holds.joined().map(\.key)) {
            let pair = holds.map { $0.first { $0.key == key } }
            var options = states(pair)
            if isFirstEnough, let old = pair[0], let new = pair[1], HoldName(old) == HoldName(new) {
                options = options.filter { LedgerChoice(holds: [key: $0]).status(old) == .signed }
            }
            guard all.count * options.count <= maximum else { return nil }
            all = all.flatMap { choice in
                options.map { option in
                    var more = choice
                    more.holds[key] = option
                    return more
                }
            }
        }
        for name in unique(limits.joined().map(LimitName.init)) {
            let pair = limits.map { $0.first { LimitName($0) == name } }
            var options = excesses(pair, fits)
            if let old = pair[0], let new = pair[1], LimitTerms(old) == LimitTerms(new) {
                var isIdle = isFirstEnough
                if haveSameHolds, case .reject = old.consequence { isIdle = true }
                if isIdle { options = Array(options.prefix(1)) }
            }
            guard all.count * options.count <= maximum else { return nil }
            all = all.flatMap { choice in
                options.map { option in
                    var more = choice
                    for side in 0..<2 where option[side] { more.exceeded[side].insert(name) }
                    return more
                }
            }
        }
        return all
    }

    /// The pasts that most often tell two files apart, where there are too many: everybody signed, or nobody did, and
    /// no limit is full that can have room.
    static func usual(
        holds: [[CompiledHold]], limits: [[CompiledLimit]], fits: (CompiledLimit) -> Bool
    ) -> [LedgerChoice] {
        var signed = LedgerChoice.untouched
        for (side, limits) in limits.enumerated() {
            signed.exceeded[side] = Set(limits.filter { !fits($0) }.map(LimitName.init))
        }
        var waiting = signed
        for hold in holds.joined() {
            let known = signed.holds[hold.key]?.approvals ?? []
            signed.holds[hold.key] = (since: nil, approvals: known.union(hold.group.people.keys), refusals: [])
            waiting.holds[hold.key] = (since: nil, approvals: [], refusals: [])
        }
        return [signed, waiting]
    }

    /// Each once, in the order of the rules.
    private static func unique<Name: Hashable>(_ names: [Name]) -> [Name] {
        var seen: Set<Name> = []
        return names.filter { seen.insert($0).inserted }
    }

    /// One state for each pair of ways in which a hold can stand in the two files.
    private static func states(
        _ pair: [CompiledHold?]
    ) -> [(since: Int64?, approvals: Set<String>, refusals: Set<String>)] {
        let people = pair.map { Set($0?.group.people.keys.map { $0 } ?? []) }
        func fewest(_ side: Int) -> Set<String> {
            let own = people[side].subtracting(people[1 - side]).sorted()
            let shared = people[side].intersection(people[1 - side]).sorted()
            return Set((own + shared).prefix(pair[side]?.group.required ?? 0))
        }
        var approvals: [Set<String>] = [[], people[0].union(people[1])]
        approvals += [fewest(0), fewest(1)]
        let own = (0..<2).map { people[$0].subtracting(people[1 - $0]).min() }
        var refusals: [Set<String>] = [[]]
        for side in 0..<2 { if let one = own[side] { refusals.append([one]) } }
        if let shared = people[0].intersection(people[1]).min() { refusals.append([shared]) }
        if let first = own[0], let second = own[1] { refusals.append([first, second]) }
        let expiries = pair.compactMap { $0?.expiresAfter }
        var seen: Set<[HoldStatus?]> = []
        var options: [(since: Int64?, approvals: Set<String>, refusals: Set<String>)] = []
        for since in [nil] + expiries.sorted().map(Optional.some) {
            for refused in refusals {
                for approved in approvals {
                    let option = (since: since, approvals: approved.subtracting(refused), refusals: refused)
                    let statuses = pair.map { hold -> HoldStatus? in
                        guard let hold else { return nil }
                        return LedgerChoice(holds: [hold.key: option]).status(hold)
                    }
                    if seen.insert(statuses).inserted { options.append(option) }
                }
            }
        }
        return options
    }

    /// Which of the two files' limits of one name can be exceeded together.
    private static func excesses(_ pair: [CompiledLimit?], _ fits: (CompiledLimit) -> Bool) -> [[Bool]] {
        let isSame = pair[0]?.measure == pair[1]?.measure && pair[0]?.forEach == pair[1]?.forEach
        return [[false, false], [true, false], [false, true], [true, true]].filter { option in
            for side in 0..<2 {
                guard let limit = pair[side] else {
                    if option[side] { return false }
                    continue
                }
                if !option[side], !fits(limit) { return false }
            }
            guard let old = pair[0], let new = pair[1], isSame, option[0] != option[1] else { return true }
            // One sum, or a shorter and a longer part of it.
            let (full, other) = option[0] ? (old, new) : (new, old)
            return full.ceiling < other.ceiling || full.period > other.period
        }
    }
}
