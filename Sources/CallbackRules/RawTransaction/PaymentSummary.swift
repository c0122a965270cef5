// What a request says that it pays.

import CallbackProtocol

/// The part of a TRANSFER that its bytes are compared with.
struct PaymentSummary: Sendable {
    struct Payment: Sendable {
        var address: String
        /// In the asset's unit.
        var amount: ExactDecimal
    }

    var asset: DeclaredAsset
    /// One per destination, in the order of the request; at least one.
    var payments: [Payment]
    /// In the chain's native unit.
    var fee: ExactDecimal?

    /// - Throws: `unknown` where the summary is incomplete or contradicts itself (items 6, 8, 9 and 10), or the asset is
    ///   not declared.
    init(
        of request: TransactionRequest, assets: [String: DeclaredAsset]
    ) throws(RawObjection) {
        guard let operation = request.operation else { throw .unknown("operation is absent") }
        // What else an operation does with its bytes is in no summary.
        guard operation.isExactly("TRANSFER") else { throw .unknown("only a TRANSFER is compared with its bytes") }
        guard let name = request.asset else { throw .unknown("asset is absent") }
        // A dictionary finds canonical equivalents too, which are other names.
        guard let index = assets.index(forKey: name), assets[index].key.isExactly(name) else {
            throw .unknown("the asset is not listed")
        }
        asset = assets[index].value
        guard (0...77).contains(asset.decimals) else { throw .unknown("the asset's decimals are out of range") }
        fee = request.fee
        payments = try Self.payments(of: request)
    }

    private static func payments(of request: TransactionRequest) throws(RawObjection) -> [Payment] {
        guard !request.destinations.isEmpty else { throw .unknown("there are no destinations") }
        guard let total = request.amount else { throw .unknown("amountStr is absent") }
        var payments: [Payment] = []
        var sum = ExactDecimal.zero
        for facts in DestinationFacts.all(of: request, isOpaque: false) {
            let payment = Payment(address: try known(facts.address), amount: try known(facts.amount))
            payments.append(payment)
            sum = sum + payment.amount
        }
        guard sum == total else { throw .unknown("the destinations do not add up to amountStr") }
        return payments
    }

    private static func known<Value>(_ fact: Fact<Value>) throws(RawObjection) -> Value {
        switch fact {
        case .value(let value): return value
        case .unknown(let reason): throw .unknown(reason)
        case .notStated, .notApplicable: throw .unknown("a destination is not complete")
        }
    }
}
