// What cannot be told about a request, for the people who are asked to sign for it.

import CallbackProtocol

extension RulesSnapshot {
    /// `field: why` for everything of the request that is due and cannot be trusted.
    func doubts(_ content: AuthenticatedRequest.Content, cosigner: String?, listener: String) -> [String] {
        switch content {
        case .transaction(let request):
            TransactionFacts(request, cosigner: cosigner, listener: listener, windows: [], assets: plan.assets)
                .doubts(about: ConditionField.fields(of: .transaction))
        case .configuration(let request):
            ConfigurationFacts(request, cosigner: cosigner, listener: listener, windows: [])
                .doubts(about: ConditionField.fields(of: .configuration))
        case .malformed: []
        }
    }
}

extension FactSource {
    /// `field: why` for everything that is due and cannot be trusted, in the order of the language's conditions.
    func doubts(about fields: [ConditionField]) -> [String] {
        var found: [String] = []
        for field in fields {
            let places: [Int?] = field.isOfDestination ? (0..<destinationCount).map { $0 } : [nil]
            for place in places {
                guard let why = doubt(field, destination: place) else { continue }
                let which = place.map { destinationCount > 1 ? " of destination \($0 + 1)" : "" } ?? ""
                found.append("\(field.rawValue)\(which): \(why)")
            }
        }
        return found
    }

    private func doubt(_ field: ConditionField, destination: Int?) -> String? {
        switch field.shape {
        case .amount: why(amount(field, destination: destination))
        case .flag: why(flag(field))
        case .text, .word, .address, .method: why(text(field, destination: destination))
        case .key, .window: nil
        }
    }

    private func why<Value>(_ fact: Fact<Value>) -> String? {
        if case .unknown(let why) = fact { why } else { nil }
    }
}
