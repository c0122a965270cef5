// Amounts of destinations that add up to what a candidate says of the whole.

import CallbackProtocol

/// Shares a sum out. Fails where it finds no way; then the candidate is not confirmed.
struct AmountChoice {
    struct Amount {
        var native: ExactDecimal?
        var usd: ExactDecimal?
    }

    private(set) var classes: [DestinationClass]
    private(set) var each: [Amount] = []
    private(set) var total: ExactDecimal?
    private(set) var isContradicted = false

    init?(_ candidate: Candidate, _ space: DecisionSpace) {
        classes = candidate.destinations
        let amount = candidate.request[.amount]
        total = amount.map { $0.amount } ?? ExactDecimal(whole: 1)
        if candidate.coupling.isOpaque {
            total = nil
            each = classes.map { _ in Amount() }
            return
        }
        if classes.count == 1, amount?.amount != nil, classes[0].native == .unknown {
            isContradicted = true
            each = [Amount()]
            return
        }
        guard let prices = Self.prices(&classes, candidate.request[.amountUSD], space) else { return nil }
        guard let natives = Self.natives(classes, total, space) else { return nil }
        for (index, made) in classes.enumerated() {
            var one = Amount(native: natives[index], usd: prices[index])
            if made.usd == .unknown { one.usd = nil }
            each.append(one)
        }
        if amount == nil {
            let sum = natives.compactMap { $0 }.reduce(.zero, +)
            total = max(sum, ExactDecimal(whole: 1))
        }
    }

    // MARK: US dollars

    private static func prices(
        _ classes: inout [DestinationClass], _ sum: Atom?, _ space: DecisionSpace
    ) -> [ExactDecimal?]? {
        guard space.destination.contains(where: { $0.field == .destinationAmountUSD }) else {
            return classes.map { _ in ExactDecimal(whole: 1) }
        }
        let target = sum?.amount
        if !space.tracked.contains(.destinationAmountUSD) {
            guard let target else { return classes.map { $0.usd?.amount } }
            return shares(classes.map { $0.usd?.amount }, target)
        }
        let ladder = space.ladders[.destinationAmountUSD] ?? []
        guard let target else { return classes.map { $0.usd?.amount } }
        if classes.count == 1 { return [target] }
        let (low, high) = interval(target, ladder)
        func isRight(_ total: ExactDecimal) -> Bool {
            high == low ? total == low : total > low && high.map { total < $0 } ?? true
        }
        // The smallest amounts first, then whatever is missing: more in one, or one more of a kind.
        var amounts = classes.map { made -> ExactDecimal in
            guard let stated = made.usd?.amount else { return .zero }
            let (least, most) = interval(stated, ladder)
            if most == least { return least }
            let step = (most.map { $0 - least } ?? ExactDecimal(whole: 1)).shifted(by: -6)
            return least + step
        }
        for _ in 0..<60 {
            let total = amounts.reduce(.zero, +)
            if isRight(total) { return amounts }
            guard total < target else { return nil }
            let missing = target - total
            for (index, made) in classes.enumerated() {
                guard let stated = made.usd?.amount else { continue }
                let (least, most) = interval(stated, ladder)
                guard most != least else { continue }
                let wanted = amounts[index] + missing
                if most.map({ wanted < $0 }) ?? true {
                    amounts[index] = wanted
                    if isRight(amounts.reduce(.zero, +)) { return amounts }
                }
            }
            guard
                let largest = classes.indices.filter({ amounts[$0] <= missing && !amounts[$0].isZero }).max(by: {
                    amounts[$0] < amounts[$1]
                })
            else { return nil }
            classes.append(classes[largest])
            amounts.append(amounts[largest])
        }
        return nil
    }

    /// Tiny parts, and the rest in the last; zeros stay.
    private static func shares(_ stated: [ExactDecimal?], _ sum: ExactDecimal) -> [ExactDecimal?]? {
        var (rest, result) = (sum, stated)
        let positive = stated.indices.filter { stated[$0].map { !$0.isZero } ?? false }
        guard let last = positive.last else { return sum.isZero ? stated : nil }
        if sum.isZero { return nil }
        for index in positive.dropLast() {
            result[index] = sum.shifted(by: -6)
            rest = rest - sum.shifted(by: -6)
        }
        result[last] = rest
        return result
    }

    // MARK: The asset's unit

    private static func natives(
        _ classes: [DestinationClass], _ total: ExactDecimal?, _ space: DecisionSpace
    ) -> [ExactDecimal?]? {
        guard space.destination.contains(where: { $0.field == .destinationAmount }) else {
            return classes.map { _ in ExactDecimal(whole: 1) }
        }
        if !space.tracked.contains(.destinationAmount) {
            return classes.map { made in
                guard let stated = made.native?.amount else { return nil }
                // Nobody looks at it: an amount that has a price is above 0.
                if stated.isZero, made.usd?.amount?.isZero ?? true || total?.isZero ?? false { return .zero }
                if classes.count == 1, let total, !total.isZero { return total }
                return total.map { $0.isZero ? ExactDecimal(whole: 1) : $0.shifted(by: -6) } ?? ExactDecimal(whole: 1)
            }
        }
        let ladder = space.ladders[.destinationAmount] ?? []
        return classes.map { made in
            guard let stated = made.native?.amount else { return nil }
            let (least, most) = interval(stated, ladder)
            if most == least { return least }
            return least + (most.map { $0 - least } ?? ExactDecimal(whole: 1)).shifted(by: -6)
        }
    }

    /// The class of an amount: a point, or an open interval whose end may be missing.
    private static func interval(
        _ amount: ExactDecimal, _ ladder: [ExactDecimal]
    ) -> (low: ExactDecimal, high: ExactDecimal?) {
        guard let index = ladder.firstIndex(of: amount), index % 2 == 1 else { return (amount, amount) }
        return (ladder[index - 1], index + 1 < ladder.count ? ladder[index + 1] : nil)
    }
}
