// The language's items "Values", one by one, and every condition.

import CallbackProtocol
import CallbackRules
import Testing

@Suite struct RulesValuesTests {
    @Test func `item 6: what is due and absent is unknown: it neither approves nor lets a reject rule pass`() throws {
        let cases: [(String, (inout TransactionRequest) -> Void)] = [
            ("{ operation: [TRANSFER, RAW] }", { $0.operation = nil }), ("{ asset: ETH }", { $0.asset = nil }),
            ("{ signer: user-1 }", { $0.signerId = nil }), ("{ source: { type: VAULT } }", { $0.sourceType = nil }),
            ("{ source: { id: \"0\" } }", { $0.sourceId = nil }), ("{ fee: { at_most: \"1\" } }", { $0.fee = nil }),
            ("{ asset: ETH, amount: { at_most: \"1\" } }", { $0.amount = nil }),
            ("{ asset: ETH, amount: { at_most: \"1\" } }", { $0.destinations[0].amountNative = nil }),
            ("{ amount_usd: { at_most: \"100\" } }", { $0.destinations[0].amountUSD = nil }),
            ("{ destination: { type: VAULT } }", { $0.destinations[0].type = nil }),
            ("{ destination: { sub_type: EXTERNAL } }", { $0.destinations[0].subType = nil }),
            ("{ destination: { id: \"1\" } }", { $0.destinations[0].id = nil }),
            ("{ destination: { name: X } }", { $0.destinations[0].name = nil }),
            ("{ destination: { address_type: WHITELISTED } }", { $0.destinations[0].addressType = nil }),
            ("{ destination: { policy_action: ALLOW } }", { $0.destinations[0].action = nil }),
            ("{ destination: { amount_usd: { at_most: \"100\" } } }", { $0.destinations[0].amountUSD = nil }),
            (
                "{ destination: { address: \"\(evmAddress)\" } }",
                {
                    $0.destAddress = nil
                    $0.destinations[0].displayDstAddress = nil
                }
            ),
        ]
        for (when, remove) in cases {
            let result = try outcome(when: when, payment(remove))
            #expect(!result.approves, "\(when)")
            #expect(result.stops, "\(when)")
        }
    }

    @Test func `item 6: without an authenticated co-signer the condition is unknown`() throws {
        let reject = "- { id: stop, effect: reject, when: { cosigner: other } }"
        #expect(try evaluation(reject, payment(), cosigner: nil).rule == "stop")
        #expect(try evaluation(reject, payment(), cosigner: "primary").rule == nil)
        let approve = "- { id: pay, effect: approve, when: { cosigner: primary } }"
        #expect(try evaluation(approve, payment(), cosigner: "primary").effect == .approve)
        #expect(try evaluation(approve, payment(), cosigner: nil).effect == .reject)
    }

    @Test(arguments: [
        ("0", "1", false), ("0", "0", true), ("18", "0", true), ("0.00000001", "1", true),
    ])
    func `item 6: amountUSD of 0 is a price only for an amount of 0`(usd: String, native: String, known: Bool) throws {
        let request = payment {
            $0.amount = decimal("5")
            $0.destinations[0].amountUSD = decimal(usd)
            $0.destinations[0].amountNative = decimal(native)
        }
        for when in ["{ amount_usd: { at_most: \"100\" } }", "{ destination: { amount_usd: { at_most: \"100\" } } }"] {
            #expect(try effect(of: .approve, when: when, request) == (known ? .approve : .reject))
        }
        #expect(
            try evaluation("- { id: stop, effect: reject, when: { amount_usd: { more_than: \"100\" } } }", request).rule
                == (known ? nil : "stop"))
    }

    @Test func `item 6: one unpriced entry makes the sum unknown`() throws {
        let request = batch([("1", evmAddress), ("0", evmAddress)])
        let result = try outcome(when: "{ amount_usd: { at_most: \"1000\" } }", request)
        #expect(!result.approves)
        #expect(result.stops)
    }

    @Test func `item 6: conditions on destinations that the operation does not have are false for every matcher`()
        throws
    {
        let raw = payment {
            $0.operation = "RAW"
            $0.destinations = []
        }
        for when in [
            "{ destination: { address: { in: sanctioned } } }", "{ destination: { address: { not_in: sanctioned } } }",
            "{ destination: { id: { not_in: vaults } } }", "{ destination: { type: VAULT } }",
            "{ destination: { name: { prefix: x } } }", "{ destination: { amount_usd: { at_least: \"0\" } } }",
        ] {
            let result = try outcome(when: when, raw)
            #expect(!result.approves, "\(when)")
            #expect(!result.stops, "\(when)")
        }
        #expect(
            try effect(of: .approve, when: "{ operation: RAW }", unless: "{ destination: { type: VAULT } }", raw)
                == .approve)
    }

    @Test(arguments: ["RAW", "TYPED_MESSAGE"])
    func `item 6: amounts are unknown for RAW and TYPED_MESSAGE`(operation: String) throws {
        let request = payment { $0.operation = operation }
        for when in ["{ asset: ETH, amount: { at_most: \"1\" } }", "{ amount_usd: { at_most: \"100\" } }"] {
            let result = try outcome(when: when, request)
            #expect(!result.approves)
            #expect(result.stops)
        }
    }

    @Test func `item 6: without destinations amount_usd is unknown`() throws {
        let call = payment {
            $0.operation = "CONTRACT_CALL"
            $0.destinations = []
        }
        let result = try outcome(when: "{ amount_usd: { at_most: \"100\" } }", call)
        #expect(!result.approves)
        #expect(result.stops)
    }

    @Test func `item 6: what nobody wrote equals nothing, and whether it is not_in a list is unknown`() throws {
        for field in ["note", "external_id"] {
            for (matcher, stops) in [
                ("salary", false), ("{ prefix: sal }", false), ("{ in: notes }", false), ("{ not_in: notes }", true),
            ] {
                let result = try outcome(when: "{ \(field): \(matcher) }", payment())
                #expect(!result.approves)
                #expect(result.stops == stops, "\(field) \(matcher)")
            }
        }
        let excused = try effect(of: .approve, when: "{ asset: ETH }", unless: "{ note: salary }", payment())
        #expect(excused == .approve)
    }

    @Test func `item 6: one-time addresses have no name and no sub type`() throws {
        let request = payment {
            $0.destType = "ONE_TIME_ADDRESS"
            $0.destAddressType = "ONE_TIME"
            $0.destinations[0].type = "ONE_TIME_ADDRESS"
            $0.destinations[0].addressType = "ONE_TIME"
            $0.destinations[0].name = nil
            $0.destinations[0].subType = nil
        }
        #expect(try outcome(when: "{ destination: { name: Bad } }", request) == (false, false))
        #expect(try outcome(when: "{ destination: { sub_type: { not_in: kinds } } }", request) == (false, true))
    }

    @Test func `item 6: the fee is due at the signing stage only`() throws {
        let voting = payment {
            $0.fee = nil
            $0.stage = .approval
        }
        #expect(try outcome(when: "{ fee: { at_least: \"0\" } }", voting) == (false, false))
        #expect(try outcome(when: "{ fee: { at_least: \"0\" } }", payment { $0.fee = nil }) == (false, true))
    }

    @Test(arguments: [
        ("at_least", "10", [false, true, true]), ("more_than", "10", [false, false, true]),
        ("at_most", "10", [true, true, false]), ("less_than", "10.00", [true, false, false]),
    ])
    func `item 8: bounds are exact at their edges`(bound: String, limit: String, expected: [Bool]) throws {
        for (usd, fits) in zip(["9.999999999999999999", "10", "10.000000000000000001"], expected) {
            let request = payment { $0.destinations[0].amountUSD = decimal(usd) }
            for field in [
                "amount_usd: { \(bound): \"\(limit)\" }", "destination: { amount_usd: { \(bound): \"\(limit)\" } }",
            ] {
                #expect(try effect(of: .approve, when: "{ \(field) }", request) == (fits ? .approve : .reject))
            }
        }
    }

    @Test func `item 8: amount is amountStr, amount_usd the exact sum, fee the chain's unit`() throws {
        let request = batch([("0.1", evmAddress), ("0.2", evmAddress)])
        #expect(
            try effect(of: .approve, when: "{ amount_usd: { at_least: \"0.3\", at_most: \"0.3\" } }", request)
                == .approve)
        #expect(
            try effect(of: .approve, when: "{ asset: ETH, amount: { at_least: \"100\", at_most: \"100\" } }", request)
                == .approve)
        #expect(
            try effect(of: .approve, when: "{ fee: { at_least: \"0.0005\", at_most: \"0.0005\" } }", request)
                == .approve)
        #expect(
            try effect(of: .approve, when: "{ asset: ETH, destination: { amount: { at_most: \"0.01\" } } }", request)
                == .approve)
    }

    @Test func `item 8: destinations that add up to more than amountStr make amount unknown`() throws {
        let request = payment { $0.destinations[0].amountNative = decimal("0.010000000000000001") }
        #expect(try outcome(when: "{ asset: ETH, amount: { at_most: \"1\" } }", request) == (false, true))
        #expect(try outcome(when: "{ asset: ETH, amount: { at_most: \"1\" } }", payment()) == (true, true))
    }

    @Test(arguments: [
        (evmAddress.lowercased(), evmAddress, true), (evmAddress, "0X5DC69B1FBB13BAFD09AF88A782F0F285772AD5F8", true),
        (bech32Address.uppercased(), bech32Address, true), (base58Address, base58Address, true),
        (base58Address, base58Address.lowercased(), false), (evmAddress, bech32Address, false),
    ])
    func `item 9: addresses compare by their own shape`(rule: String, stated: String, same: Bool) throws {
        let request = payment {
            $0.destAddress = stated
            $0.destinations[0].displayDstAddress = stated
        }
        #expect(
            try effect(of: .approve, when: "{ destination: { address: \"\(rule)\" } }", request)
                == (same ? .approve : .reject))
    }

    @Test func `item 9: the address is displayDstAddress, else dstAddress, else the only destAddress`() throws {
        let when = "{ destination: { address: \"\(evmAddress)\" } }"
        #expect(try effect(of: .approve, when: when, payment()) == .approve)
        let raw = payment {
            $0.destinations[0].displayDstAddress = nil
            $0.destinations[0].dstAddress = evmAddress
            $0.destAddress = nil
        }
        #expect(try effect(of: .approve, when: when, raw) == .approve)
        let top = payment { $0.destinations[0].displayDstAddress = nil }
        #expect(try effect(of: .approve, when: when, top) == .approve)
        let two = payment {
            $0.destinations[0].displayDstAddress = nil
            $0.destinations.append($0.destinations[0])
            $0.amount = decimal("1")
        }
        #expect(try outcome(when: when, two) == (false, true))
    }

    @Test func `item 9: an address that contradicts destAddress is unknown`() throws {
        let request = payment { $0.destAddress = bech32Address }
        for address in [evmAddress, bech32Address] {
            #expect(try outcome(when: "{ destination: { address: \"\(address)\" } }", request) == (false, true))
        }
        let differing = payment { $0.destinations[0].dstAddress = bech32Address }
        #expect(try outcome(when: "{ destination: { address: \"\(evmAddress)\" } }", differing) == (false, true))
    }

    @Test func `item 10: a single destination that the top level describes otherwise is unknown`() throws {
        let changes: [(inout TransactionRequest) -> Void] = [
            { $0.destType = "UNMANAGED" }, { $0.destAddressType = "ONE_TIME" },
        ]
        for contradict in changes {
            for when in ["{ destination: { type: VAULT } }", "{ destination: { address: \"\(evmAddress)\" } }"] {
                #expect(try outcome(when: when, payment(contradict)) == (false, true))
            }
        }
        let synonym = payment { $0.destType = "VAULT_ACCOUNT" }
        #expect(try effect(of: .approve, when: "{ destination: { type: VAULT } }", synonym) == .approve)
    }

    @Test(arguments: [
        ("ONE_TIME", "ONE_TIME_ADDRESS"), ("VAULT", "VAULT_ACCOUNT"), ("EXCHANGE", "EXCHANGE_ACCOUNT"),
    ])
    func `item 10: synonyms are one value on both sides`(first: String, second: String) throws {
        for (rule, stated) in [(first, second), (second, first), (first, first), (second, second)] {
            let request = payment {
                $0.sourceType = stated
                $0.destType = nil
                $0.destinations[0].type = stated
            }
            #expect(try effect(of: .approve, when: "{ destination: { type: \(rule) } }", request) == .approve)
            #expect(try effect(of: .approve, when: "{ source: { type: \(rule) } }", request) == .approve)
        }
        let listed = payment { $0.sourceType = "VAULT" }
        #expect(try effect(of: .approve, when: "{ source: { type: { in: kinds } } }", listed) == .approve)
        #expect(try effect(of: .approve, when: "{ source: { type: { not_in: kinds } } }", listed) == .reject)
    }

    @Test(arguments: [
        ("STAKE", "STA\u{212a}E"), ("caf\u{e9}", "cafe\u{301}"), ("ETH", "eth"), ("ETH", "ETH "), ("a", "a\u{0}"),
    ])
    func `item 10: strings compare as UTF-8 bytes`(rule: String, stated: String) throws {
        let request = payment { $0.note = stated }
        let when = "{ note: \"\(rule)\" }"
        #expect(try effect(of: .approve, when: when, request) == .reject)
        #expect(try effect(of: .approve, when: when, payment { $0.note = rule }) == .approve)
        #expect(
            try effect(of: .approve, when: "{ note: { prefix: \"\(rule)\" } }", request)
                == (stated.utf8.starts(with: rule.utf8) ? .approve : .reject))
    }

    @Test func `every condition on transactions matches a documented payment`() throws {
        let request = payment {
            $0.signerId = "user-1"
            $0.note = "salary May"
            $0.externalTxId = "order-1"
        }
        for when in [
            "{ cosigner: primary }", "{ listener: { prefix: \"127.\" } }", "{ signer: [user-0, user-1] }",
            "{ stage: signing }", "{ operation: [TRANSFER, MINT] }", "{ external_id: order-1 }",
            "{ note: { prefix: salary } }", "{ source: { type: VAULT, id: { in: vaults } } }",
            "{ destination: { type: VAULT, sub_type: { not_in: kinds }, id: \"1\" } }",
            "{ destination: { name: { prefix: \"Network \" }, policy_action: ALLOW } }",
            "{ destination: { address: { not_in: sanctioned }, address_type: WHITELISTED } }",
            "{ time: { within: weekend, outside: office } }", "{ time: { within: [office, weekend] } }",
        ] {
            #expect(try effect(of: .approve, when: when, request) == .approve, "\(when)")
        }
        for when in [
            "{ cosigner: other }", "{ listener: x }", "{ signer: user-0 }", "{ stage: approval }", "{ note: salary }",
            "{ source: { id: { not_in: vaults } } }", "{ destination: { address: { in: sanctioned } } }",
            "{ time: { within: office } }", "{ time: { outside: weekend } }",
        ] {
            #expect(try effect(of: .approve, when: when, request) == .reject, "\(when)")
        }
    }

    @Test func `every condition on configuration changes reads its member, and is false for other types`() throws {
        let wallet = change(
            "UNMANAGED_WALLET",
            ["subType": "INTERNAL", "walletName": "Vendor A", "asset": "XRP", "address": base58Address, "tag": "4711"])
        let exchange = change("EXCHANGE", ["subType": "KRAKEN", "accountName": "Kraken main"])
        let network = change("ADD_NETWORK_CONNECTION", ["networkConnectionId": "n-1"])
        let cases = [
            ("wallet: { kind: INTERNAL }", wallet), ("wallet: { name: { prefix: Vendor } }", wallet),
            ("wallet: { asset: XRP }", wallet), ("wallet: { address: { in: sanctioned } }", wallet),
            ("wallet: { tag: \"4711\" }", wallet), ("account: { kind: KRAKEN }", exchange),
            ("account: { name: \"Kraken main\" }", exchange), ("connection: { id: n-1 }", network),
        ]
        for (condition, request) in cases {
            let types = "type: [UNMANAGED_WALLET, EXCHANGE, ADD_NETWORK_CONNECTION, ADD_USER]"
            let approve = "- { id: pay, effect: approve, when: { \(types), \(condition) } }"
            let reject = "- { id: stop, effect: reject, when: { \(condition) } }"
            #expect(try evaluation(configuration: approve, request).effect == .approve, "\(condition)")
            #expect(try evaluation(configuration: reject, request).rule == "stop", "\(condition)")
            #expect(try evaluation(configuration: approve, change("ADD_USER")).effect == .reject)
            #expect(try evaluation(configuration: reject, change("ADD_USER")).rule == nil, "\(condition)")
            #expect(
                try evaluation(configuration: reject, change(request.type)).rule
                    == (condition.contains("tag") ? nil : "stop"))
            #expect(try evaluation(configuration: reject, change(nil)).rule == "stop", "\(condition)")
            #expect(try evaluation(configuration: reject, change("FUTURE_TYPE")).rule == "stop", "\(condition)")
        }
        let ignore = "- { id: skip, effect: ignore, when: { type: ADD_USER, signer: user-1, cosigner: primary } }"
        #expect(try evaluation(configuration: ignore, change("ADD_USER")).effect == .ignore)
    }

    @Test(
        arguments: [
            (Verdict.approve, nil, nil, nil), (.reject, nil, "ONE_TIME", nil), (.reject, "ONE_TIME_ADDRESS", nil, nil),
            (.approve, "MULTI_DESTINATION", nil, nil), (.reject, nil, nil, base58Address),
            (.approve, nil, nil, evmAddress.lowercased()),
        ] as [(Verdict, String?, String?, String?)])
    func `a top level that fits none of several destinations makes all of them unknown`(
        expected: Verdict, type: String?, addressType: String?, address: String?
    ) throws {
        let request = payment { request in
            var second = request.destinations[0]
            second.displayDstAddress = bech32Address
            request.destinations.append(second)
            request.amount = decimal("0.02")
            if let type { request.destType = type }
            if let addressType { request.destAddressType = addressType }
            if let address { request.destAddress = address }
        }
        #expect(try effect(of: .approve, when: "{ destination: { address_type: WHITELISTED } }", request) == expected)
    }

    /// A look at all of them for each one would take the best part of an hour here.
    @Test(.timeLimit(.minutes(1)), arguments: [Verdict.approve, .reject])
    func `of twenty thousand destinations the last one is enough to fit the top level`(expected: Verdict) throws {
        let request = payment { request in
            let fits = request.destinations[0]
            var other = fits
            other.type = "EXCHANGE_ACCOUNT"
            other.addressType = "ONE_TIME_ADDRESS"
            other.displayDstAddress = bech32Address
            request.destinations = Array(repeating: other, count: 20_000)
            if expected == .approve { request.destinations[19_999] = fits }
            request.amount = decimal("200")
        }
        #expect(try effect(of: .approve, when: "{ destination: { policy_action: ALLOW } }", request) == expected)
    }

    @Test(arguments: [
        (1, "VAULT"), (1, "MULTI_DESTINATION"), (2, "VAULT"), (2, ""), (2, nil), (2, "MULTI_DESTINATION"),
    ])
    func `an empty destAddress is unlike every address, but beside a batch that is called one`(
        count: Int, type: String?
    ) throws {
        let request = payment { request in
            request.destAddress = ""
            request.destType = type
            request.destinations[0].type = count == 1 ? type : "VAULT"
            request.destinations = Array(repeating: request.destinations[0], count: count)
            request.amount = decimal("0.02")
        }
        let isKnown = count > 1 && type == "MULTI_DESTINATION"
        #expect(
            try outcome(when: "{ destination: { address: \"\(evmAddress)\" } }", request)
                == (isKnown ? (true, true) : (false, true)))
        let others = "{ destination: { address_type: WHITELISTED } }"
        #expect(try effect(of: .approve, when: others, request) == .approve)
    }

    @Test func `a rejection out of doubt says what could not be told, whatever the rule's own words are`() throws {
        let rules = try loaded(
            rulesText(
                transactions:
                    "- { id: s, effect: reject, reason: On the list, when: { destination: { address: { in: sanctioned } } } }"
            ))
        let request = payment { request in
            request.destinations[0].displayDstAddress = nil
            request.destinations[0].dstAddress = nil
            request.destAddress = nil
        }
        let found = rules.evaluate(
            EvaluationInput(content: .transaction(request), cosigner: nil, listener: "l"), at: saturdayMorning,
            tracing: false)
        #expect(found.reason == "On the list: could not tell destination.address")
    }
}
