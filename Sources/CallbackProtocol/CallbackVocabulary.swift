// The words of the protocol: what is asked, when, and what can be answered.

/// Which endpoint a request came to.
package enum RequestKind: String, Sendable, Hashable, CaseIterable {
    /// `tx_sign_request`
    case transaction
    /// `config_change_sign_request`
    case configuration
}

/// What the co-signer will do with an APPROVE. Computed, as the protocol has no field for it.
package enum RequestStage: String, Sendable, Hashable, CaseIterable {
    /// `fee`, a `displayDstAddress`, `rawTx` or `players` is present: the transaction would be signed.
    case signing
    /// None of them is: a vote in a quorum. Configuration changes are always of this stage.
    case approval
}

/// What a callback handler can answer.
package enum CallbackAction: String, Sendable, Hashable, CaseIterable {
    case approve = "APPROVE"
    case reject = "REJECT"
    /// Leaves the decision to other approvers; legal at the approval stage only.
    case ignore = "IGNORE"
    /// Ask again later with the same request. The only answer that is not final.
    case retry = "RETRY"

    package var isFinal: Bool { self != .retry }
}

/// An answer of a callback handler, before it is signed.
package struct CallbackResponse: Sendable, Hashable {
    package var action: CallbackAction
    /// The request's own id, echoed.
    package var requestId: String
    /// Free text that reaches the workspace's audit log; only with REJECT.
    package var rejectionReason: String?

    package init(action: CallbackAction, requestId: String, rejectionReason: String? = nil) {
        self.action = action
        self.requestId = requestId
        self.rejectionReason = rejectionReason
    }
}
