// The syntax of approvers, of keys that prove where a request comes from, of holds and of limits.

import CallbackProtocol

/// People who can let a held request go on.
struct ApproverGroupDeclaration: Sendable {
    var name: Located<String>
    var required: Located<Int>
    var keys: [(person: Located<String>, key: Located<String>)]
}

/// A key that signs an extra parameter of requests.
struct ExtraKeyDeclaration: Sendable {
    enum Source: Sendable {
        case inline(Located<String>)
        case file(Located<String>)
    }

    var name: Located<String>
    var source: Source
    /// The extra parameter that is signed.
    var parameter: String
    /// The extra parameter that holds the signature in base64.
    var signatureParameter: String
}

/// `approvers` and `expires_after`.
struct HoldDeclaration: Sendable {
    var approvers: Located<String>
    /// Seconds.
    var expiresAfter: Int64
}

/// One entry of `limits`.
struct LimitDeclaration: Sendable {
    enum Consequence: Sendable {
        case reject
        case retry
        case hold(HoldDeclaration)
    }

    var id: Located<String>
    var measure: Located<LimitMeasure>
    var ceiling: ExactDecimal
    /// Seconds.
    var period: Int64
    var forEach: [Located<ConditionField>]
    var whenExceeded: Consequence
}

/// What a limit counts. The raw value is its key in the file.
package enum LimitMeasure: String, Sendable, Hashable, CaseIterable {
    /// Requests; destinations where the limit is kept for each destination.
    case count
    case amountUSD = "amount_usd"
    /// In the asset's unit.
    case amount
}
