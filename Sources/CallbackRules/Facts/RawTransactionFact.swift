// Whether the bytes that would be signed say what the request says.

import CallbackProtocol

/// Decodes the raw transactions of a request once, and only where a rule asks. Used on one thread.
final class RawTransactionFact {
    private let assets: [String: DeclaredAsset]
    private var found: Fact<Bool>?

    init(assets: [String: DeclaredAsset]) {
        self.assets = assets
    }

    /// - Parameter request: the same one each time.
    func agrees(_ request: TransactionRequest) -> Fact<Bool> {
        if let found { return found }
        let fact: Fact<Bool> =
            switch RawTransactionCheck.agreement(of: request, assets: assets) {
            case .agrees: .value(true)
            case .disagrees: .value(false)
            case .unknown(let why): .unknown(why)
            case .notApplicable: .notApplicable
            }
        found = fact
        return fact
    }
}
