// What the rules say about one request. The ledger accepts nothing else, and only this module makes one.

package import CallbackProtocol

/// The outcome of evaluating the rules for one authenticated request, not yet recorded and not yet an answer.
package struct Decision: Sendable {
    package let request: AuthenticatedRequest
    package let action: CallbackAction
    /// The id of the deciding rule, `nil` where no rule decided (nothing matched, malformed request).
    package let rule: String?
    /// Why, for the rejection reason and the record; `nil` for APPROVE.
    package let reason: String?
    /// `sha256:` and the digest of the rules file and the lists it names, as loaded.
    package let rulesDigest: String
    /// What an APPROVE charges to limits; empty for every other action.
    package let charges: [LimitCharge]
    /// What a RETRY waits for; empty unless people have to sign.
    package let holds: [PendingHold]
    /// What cannot be told about a request that people have to sign for: `field: why`.
    package let doubts: [String]

    init(
        request: AuthenticatedRequest, action: CallbackAction, rule: String?, reason: String?, rulesDigest: String,
        charges: [LimitCharge] = [], holds: [PendingHold] = [], doubts: [String] = []
    ) {
        self.request = request
        self.action = action
        self.rule = rule
        self.reason = reason
        self.rulesDigest = rulesDigest
        self.charges = charges
        self.holds = holds
        self.doubts = doubts
    }
}
