// Large requests: their cost grows with their size, not with its square.

import Foundation
import Testing

@testable import CallbackProtocol
@testable import CallbackRules
@testable import DecisionLedger

/// One request with many of something. Everything an event loop does with it but cryptography is measured: reading, deciding,
/// making the record. A request that costs the square of its size could keep the loop from everybody else's.
@Suite(.timeLimit(.minutes(5))) struct GrowthTests {
    enum Shape: String, CaseIterable, Sendable {
        case destinations, destinationsOtherTypes, destinationsOtherAddresses, destinationsCharged
        case rawTransactions, players, members, secrets, deepSecrets, secretsUnderName, secretsInText, names, escapes,
            messages, callData
    }

    private static let rulesText = """
        rules_version: 1
        name: growth
        assets: { ETH: { chain_id: 1, decimals: 18 } }
        lists: { bad: { addresses: ["0x8589427373D6D84E98730D7795D8f6f8731FDA16"] } }
        transactions:
          - { id: bad, effect: reject, reason: listed, when: { destination: { address: { in: bad } } } }
          - { id: names, effect: reject, reason: named, when: { destination: { name: { prefix: "evil" } } } }
          - { id: call, effect: approve, when: { contract: { method: "transfer(address,uint256)" } } }
          - { id: message, effect: approve, when: { message: { kind: EIP712 } } }
          - { id: raw, effect: approve, when: { source: { id: "7" }, raw_transaction: { agrees: true } } }
          - id: payout
            effect: approve
            when: { operation: TRANSFER, asset: ETH, amount_usd: { at_most: "1000" } }
            limits: [{ id: each, amount: "1000", per: 24h, for_each: [destination.address] }]
        """

    /// A payment with so many of what the shape is named after, or with a text of so many parts.
    private func request(_ shape: Shape, _ count: Int) -> String {
        func many(_ part: (Int) -> String) -> String { "[\((0..<count).map(part).joined(separator: ","))]" }
        func address(_ index: Int) -> String { "0x" + String(repeating: "0", count: 34) + "\(100_000 + index)" }
        func destination(type: String = "VAULT", name: String = "n", address: String) -> String {
            """
            {"amountNativeStr":"0.000001","amountUSD":0.0001,"dstAddressType":"WHITELISTED","dstId":"1","dstName":"\(name)",
            "dstSubType":"","dstType":"\(type)","displayDstAddress":"\(address)","action":"ALLOW"}
            """
        }
        let last = count - 1
        let own = address(0)
        var (destinations, note, more) = ("[\(destination(address: own))]", "", "")
        var (operation, sourceId) = ("TRANSFER", "0")
        switch shape {
        case .destinations: destinations = many { _ in destination(address: own) }
        case .destinationsOtherTypes:
            destinations = many { destination(type: $0 == last ? "VAULT" : "EXCHANGE_ACCOUNT", address: own) }
        case .destinationsOtherAddresses:
            destinations = many { destination(address: $0 == last ? own : address($0 + 1)) }
        case .destinationsCharged: destinations = many { destination(address: address($0)) }
        case .rawTransactions:
            sourceId = "7"
            more = #","rawTx":"# + many { _ in #"{"keyDerivationPath":"[ 44, 60 ]","rawTx":"02ef","payload":"6ca1"}"# }
        case .players: more = #","players":"# + many { #""player-\#($0)""# }
        case .members: more = (0..<count).map { #","m\#($0)":\#($0)"# }.joined()
        case .secrets: more = #","x":"# + many { #"{"apiKey":"k\#($0)"}"# }
        case .deepSecrets:
            let levels = (open: String(repeating: "[", count: 28), close: String(repeating: "]", count: 28))
            more = #","x":"# + levels.open + many { #"{"apiKey":"k\#($0)"}"# } + levels.close
        case .secretsUnderName:
            more = #","\#(String(repeating: "n", count: count * 20))":"# + many { #"{"apiKey":"k\#($0)"}"# }
        case .secretsInText: note = many { #"{\"apiKey\":\"k\#($0)\"}"# }
        case .names: destinations = "[\(destination(name: String(repeating: "é", count: count * 20), address: own))]"
        case .escapes: note = String(repeating: #"{\u0001\u00e9\"\\"#, count: count)
        case .messages:
            operation = "TYPED_MESSAGE"
            let messages = many { _ in #"{"content":"00","type":"EIP712"}"# }
            more = #","extraParameters":{"rawMessageData":{"algorithm":"x","messages":\#(messages)}}"#
        case .callData:
            operation = "CONTRACT_CALL"
            more = #","extraParameters":{"contractCallData":"0x\#(String(repeating: "ab", count: count * 20))"}"#
        }
        return """
            {"requestId":"r","operation":"\(operation)","sourceType":"VAULT","sourceId":"\(sourceId)","destType":"VAULT",
            "asset":"ETH","amountStr":"1","destAddressType":"WHITELISTED","destAddress":"\(own)","note":"\(note)",
            "destinations":\(destinations)\(more)}
            """
    }

    /// Nanoseconds of this thread's processor time, the least of three times.
    private func cost(_ json: String, _ rules: RulesSnapshot) throws -> UInt64 {
        try (0..<3).map { _ in
            let start = processorTime()
            let request = try RequestAuthenticator.acceptUnauthenticated(
                json: Array(json.utf8), kind: .transaction, listener: "127.0.0.1:8443")
            let proposal = rules.propose(request, at: RulesInstant(seconds: 1_790_000_000))
            let draft = DecisionDraft(proposal, receivedAt: LedgerInstant(milliseconds: 0))
            #expect(draft.requestId == "r")
            return processorTime() - start
        }.min() ?? 0
    }

    private func processorTime() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// Eight times as much costs some eight times as much; a square would be 64 times.
    @Test(arguments: Shape.allCases) func `the cost of a request grows with its size`(shape: Shape) throws {
        let snapshot = try rules(Self.rulesText)
        var ratios: [Double] = []
        // A machine that is busy with something else may spoil one look.
        while ratios.count < 3, ratios.allSatisfy({ $0 > 24 }) {
            let small = try cost(request(shape, 200), snapshot)
            ratios.append(Double(try cost(request(shape, 1600), snapshot)) / Double(small))
        }
        #expect(ratios.contains { $0 <= 24 }, "\(ratios)")
    }
}
