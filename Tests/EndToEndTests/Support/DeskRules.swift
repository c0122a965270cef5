// The rules of servers whose large payouts wait for people.

/// Transfers of more than 1,000 dollars wait for `required` of the people in `keys`, lines of a rules file; smaller ones
/// are approved within a limit a day, such as `count: 40`.
func deskRules(required: Int, keys: String, day limit: String) -> String {
    """
    rules_version: 1
    name: desk
    time_zone: UTC
    approvers:
      desk:
        required: \(required)
        keys:
    \(keys)
    transactions:
      - id: large
        effect: hold
        approvers: desk
        expires_after: 45m
        when: { operation: TRANSFER, amount_usd: { more_than: "1000" } }
      - id: small
        effect: approve
        when: { operation: TRANSFER, amount_usd: { at_most: "1000" } }
        limits: [{ id: day, \(limit), per: 24h }]
    configuration_changes: []
    """
}
