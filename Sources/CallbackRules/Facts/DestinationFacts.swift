// What rules see of one destination.

import CallbackProtocol

/// One entry of `destinations`, with everything that contradicts it taken into account (items 6, 9 and 10).
struct DestinationFacts: Sendable {
    var type: Fact<String>
    var subType: Fact<String>
    var id: Fact<String>
    var name: Fact<String>
    var address: Fact<String>
    var addressKey: Fact<String>
    var addressType: Fact<String>
    var amount: Fact<ExactDecimal>
    var amountUSD: Fact<ExactDecimal>
    var policyAction: Fact<String>

    /// `isOpaque`: RAW, TYPED_MESSAGE, or an operation that is not stated. Amounts mean nothing there.
    static func all(of request: TransactionRequest, isOpaque: Bool) -> [DestinationFacts] {
        // Looked for once: it takes a look at every destination.
        if let reason = contradiction(in: request) {
            return Array(repeating: DestinationFacts(allUnknown: reason), count: request.destinations.count)
        }
        return request.destinations.map { DestinationFacts($0, in: request, isOpaque: isOpaque) }
    }

    private init(_ destination: TransactionRequest.Destination, in request: TransactionRequest, isOpaque: Bool) {
        type = .due(destination.type.map(Vocabulary.canonicalType), "dstType is absent")
        addressType = .due(destination.addressType.map(Vocabulary.canonicalType), "dstAddressType is absent")
        id = .due(destination.id, "dstId is absent")
        policyAction = .due(destination.action, "the destination's action is absent")
        if Self.isOneTime(destination) {
            // One-time addresses have no name and no sub type.
            subType = .optional(destination.subType)
            name = .optional(destination.name)
        } else {
            subType = .due(destination.subType, "dstSubType is absent")
            name = .due(destination.name, "dstName is absent")
        }
        (address, addressKey) = Self.address(of: destination, in: request)
        amount =
            if isOpaque {
                .unknown("amounts mean nothing for this operation")
            } else if let native = destination.amountNative {
                .value(native)
            } else {
                .unknown("amountNativeStr is absent")
            }
        amountUSD = isOpaque ? .unknown("amounts mean nothing for this operation") : Self.price(of: destination)
    }

    private init(allUnknown reason: String) {
        (type, subType, id, name) = (.unknown(reason), .unknown(reason), .unknown(reason), .unknown(reason))
        (address, addressKey, addressType) = (.unknown(reason), .unknown(reason), .unknown(reason))
        (amount, amountUSD, policyAction) = (.unknown(reason), .unknown(reason), .unknown(reason))
    }

    /// Destinations that the top level describes otherwise are not to be trusted in any part. Of several, one that fits is
    /// enough: the top level has room for one.
    private static func contradiction(in request: TransactionRequest) -> String? {
        func disagree(_ top: String?, _ own: (TransactionRequest.Destination) -> String?) -> Bool {
            guard let top, !top.isEmpty else { return false }
            return request.destinations.allSatisfy { destination in
                guard let own = own(destination) else { return false }
                return !Vocabulary.canonicalType(top).isExactly(Vocabulary.canonicalType(own))
            }
        }
        if !isBatch(request), disagree(request.destType, \.type) {
            return "destType and dstType disagree"
        }
        if disagree(request.destAddressType, \.addressType) { return "destAddressType and dstAddressType disagree" }
        guard request.destinations.count > 1, let top = request.destAddress, !top.isEmpty else { return nil }
        let isSomewhere = request.destinations.contains { destination in
            guard let own = destination.displayDstAddress ?? destination.dstAddress else { return true }
            return AddressComparison.same(top, own)
        }
        return isSomewhere ? nil : "destAddress is the address of no destination"
    }

    /// Several destinations under a `destType` that says so.
    private static func isBatch(_ request: TransactionRequest) -> Bool {
        request.destinations.count > 1 && request.destType?.isExactly("MULTI_DESTINATION") ?? false
    }

    private static func isOneTime(_ destination: TransactionRequest.Destination) -> Bool {
        [destination.type, destination.addressType].contains { word in
            word.map { Vocabulary.canonicalType($0).isExactly("ONE_TIME_ADDRESS") } ?? false
        }
    }

    /// What `destAddress` says of each destination: of an only one its address, of several nothing, except where it is empty and
    /// `destType` does not tell why. An empty one is unlike every address, or a destination split in two would get past it.
    private static func topAddress(of request: TransactionRequest) -> String? {
        guard let top = request.destAddress else { return nil }
        return request.destinations.count == 1 || top.isEmpty && !isBatch(request) ? top : nil
    }

    /// The address, and the text under which lists have it.
    private static func address(
        of destination: TransactionRequest.Destination, in request: TransactionRequest
    ) -> (Fact<String>, key: Fact<String>) {
        func unknown(_ why: String) -> (Fact<String>, key: Fact<String>) { (.unknown(why), .unknown(why)) }
        let top = topAddress(of: request)
        guard let address = destination.displayDstAddress ?? destination.dstAddress ?? top else {
            return unknown("no address of this destination is stated")
        }
        guard !AddressText.isImpossible(address) else { return unknown("the address cannot be one") }
        let key = AddressComparison.normalised(address)
        func differs(_ other: String?) -> Bool {
            guard let other, !other.isExactly(address) else { return false }
            return !AddressComparison.normalised(other).isExactly(key)
        }
        if differs(destination.dstAddress) || differs(top) { return unknown("the stated addresses differ") }
        return (.value(address), .value(key))
    }

    /// `amountUSD`, where it can be a price: 0 is one only for an amount of 0.
    private static func price(of destination: TransactionRequest.Destination) -> Fact<ExactDecimal> {
        guard let price = destination.amountUSD else { return .unknown("amountUSD is absent") }
        guard !price.isNegative else { return .unknown("amountUSD is negative") }
        guard price.isZero else { return .value(price) }
        guard let native = destination.amountNative else { return .unknown("amountUSD is 0 and no amount is stated") }
        return native.isZero ? .value(price) : .unknown("the amount is not priced (amountUSD is 0)")
    }
}
