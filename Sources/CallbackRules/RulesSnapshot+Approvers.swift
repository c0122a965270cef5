// Who may sign for what these rules hold.

extension RulesSnapshot {
    /// The approvers that a rule, or a limit of it, waits for; `nil` where these rules hold nothing by that name.
    package func approvers(of key: HoldKey) -> ApproverGroup? {
        guard let rule = (plan.transactions + plan.configurationChanges).first(where: { $0.id == key.rule }) else {
            return nil
        }
        guard let limit = key.limit else { return rule.hold?.group }
        for candidate in rule.limits where candidate.id == limit {
            if case .hold(let hold) = candidate.consequence { return hold.group }
        }
        return nil
    }
}
