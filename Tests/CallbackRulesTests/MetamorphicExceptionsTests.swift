// The exceptions of MetamorphicTests: each is shown to exist, so that the list says no more and no less than is true.

import CallbackProtocol
import CallbackRules
import Testing

@Suite struct MetamorphicExceptionsTests {
    private static let pay = "- { id: pay, effect: approve, when: { asset: ETH } }\n"

    /// Evaluates a request as it is, and changed.
    private func effects(
        _ rules: String, _ request: TransactionRequest, view: LedgerView = .empty,
        _ change: (inout TransactionRequest) -> Void
    ) throws -> [Verdict] {
        let snapshot = try loaded(rulesText(transactions: rules))
        var changed = request
        change(&changed)
        return [request, changed].map { request in
            snapshot.evaluate(
                EvaluationInput(content: .transaction(request), cosigner: "primary", listener: "l"),
                at: saturdayMorning, view: view, tracing: false
            ).effect
        }
    }

    @Test func `a note that is left out escapes a rule about notes`() throws {
        let rules = Self.pay + "- { id: refuse, effect: reject, when: { note: stop } }"
        #expect(try effects(rules, payment { $0.note = "stop" }) { $0.note = nil } == [.reject, .approve])
        let external = Self.pay + "- { id: refuse, effect: reject, when: { external_id: stop } }"
        #expect(
            try effects(external, payment { $0.externalTxId = "stop" }) { $0.externalTxId = nil } == [
                .reject, .approve,
            ])
    }

    @Test func `a one-time destination has no name, any other must`() throws {
        let rules = Self.pay + "- { id: refuse, effect: reject, when: { destination: { name: Mallory } } }"
        func named(_ type: String) -> TransactionRequest {
            payment {
                $0.destType = type
                $0.destinations[0].type = type
                $0.destinations[0].name = "Mallory"
            }
        }
        #expect(try effects(rules, named("ONE_TIME")) { $0.destinations[0].name = nil } == [.reject, .approve])
        #expect(try effects(rules, named("UNMANAGED")) { $0.destinations[0].name = nil } == [.reject, .reject])
    }

    @Test func `call data of a transfer is extra, of a call it is due`() throws {
        let rules = """
            - { id: pay, effect: approve, when: { asset: ETH, operation: [TRANSFER, CONTRACT_CALL], destination: { type: VAULT } } }
            - { id: refuse, effect: reject, when: { contract: { method: "0xa9059cbb" } } }
            """
        func call(_ operation: String) -> TransactionRequest {
            payment {
                $0.operation = operation
                $0.extraParameters = JSONObject([.init("contractCallData", .string("0xa9059cbb"))])
            }
        }
        #expect(try effects(rules, call("TRANSFER")) { $0.extraParameters = nil } == [.reject, .approve])
        #expect(try effects(rules, call("CONTRACT_CALL")) { $0.extraParameters = nil } == [.reject, .reject])
    }

    @Test func `without one side of a contradiction the other counts`() throws {
        let rules = "- { id: pay, effect: approve, when: { asset: ETH, destination: { type: VAULT } } }"
        let contradicted = payment { $0.destType = "EXCHANGE" }
        #expect(try effects(rules, contradicted) { $0.destType = nil } == [.reject, .approve])
        #expect(try effects(rules, contradicted) { $0.destinations[0].type = nil } == [.reject, .reject])
    }

    @Test func `a call without destinations escapes a rule about destinations, a transfer is rejected`() throws {
        let rules = """
            - { id: pay, effect: approve, when: { asset: ETH, operation: [TRANSFER, STAKE] } }
            - { id: refuse, effect: reject, when: { destination: { address: { in: sanctioned } } } }
            """
        func to(_ operation: String) -> TransactionRequest {
            payment {
                $0.operation = operation
                $0.destAddress = base58Address
                $0.destinations[0].displayDstAddress = base58Address
            }
        }
        #expect(try effects(rules, to("STAKE")) { $0.destinations = [] } == [.reject, .approve])
        #expect(try effects(rules, to("TRANSFER")) { $0.destinations = [] } == [.reject, .reject])
    }

    @Test func `another stage is another question`() throws {
        let rules = "- { id: vote, effect: approve, when: { asset: ETH, stage: approval } }"
        #expect(try effects(rules, payment()) { $0.stage = .approval } == [.reject, .approve])
    }

    @Test func `parts get past a bound on one destination, and not past one on the sum`() throws {
        func split(_ request: inout TransactionRequest) {
            let half = decimal("9.37")
            request.destinations[0].amountUSD = half
            request.destinations[0].amountNative = decimal("0.005")
            request.destinations.append(request.destinations[0])
        }
        func pay(_ bound: String) -> String { "- { id: pay, effect: approve, when: { asset: ETH, \(bound) } }\n" }
        let one = pay("destination: { amount_usd: { at_most: \"10\" } }")
        #expect(try effects(one, payment(), split) == [.reject, .approve])
        #expect(try effects(pay("amount_usd: { at_most: \"10\" }"), payment(), split) == [.reject, .reject])
        let large =
            Self.pay + "- { id: refuse, effect: reject, when: { destination: { amount_usd: { more_than: \"10\" } } } }"
        #expect(try effects(large, payment(), split) == [.reject, .approve])
    }

    @Test func `parts get past a bound of a hold rule that was signed, in either direction`() throws {
        let rules = """
            rules_version: 1
            name: held
            approvers: { boss: { required: 1, keys: { dora: "\(ModelPeople.lines["dora"] ?? "")" } } }
            transactions:
              - id: ask
                effect: hold
                approvers: boss
                expires_after: 1h
                when: { asset: ETH }
                unless: { destination: { amount_usd: { at_least: "10" } } }
            """
        let signed = LedgerView(
            charged: { _, _ in .zero },
            hold: { _ in HoldState(approvals: Set([ModelPeople.fingerprints["dora"]].compactMap { $0 })) })
        let snapshot = try loaded(rules)
        let effects = [payment(), batch([("9.37", evmAddress), ("9.37", evmAddress)])].map { request in
            snapshot.evaluate(
                EvaluationInput(content: .transaction(request), cosigner: "primary", listener: "l"),
                at: saturdayMorning, view: signed, tracing: false
            ).effect
        }
        #expect(effects == [.reject, .approve])
    }

    @Test func `an ignore rule or a full limit that cannot be told counts no more`() throws {
        let ignoring = Self.pay + "- { id: leave, effect: ignore, when: { stage: approval, signer: user-1 } }"
        let vote = payment {
            $0.stage = .approval
            $0.fee = nil
            $0.signerId = "user-1"
        }
        #expect(try effects(ignoring, vote) { $0.signerId = nil } == [.ignore, .approve])
        let limited = """
            - { id: pay, effect: approve, when: { asset: ETH } }
            - { id: more, effect: approve, when: { asset: ETH, signer: user-1 }, limits: [{ id: day, count: 0, per: 24h }] }
            """
        #expect(try effects(limited, payment { $0.signerId = "user-1" }) { $0.signerId = nil } == [.reject, .approve])
    }
}
