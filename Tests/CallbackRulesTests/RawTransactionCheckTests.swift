// Bytes against the summary around them.

import CallbackProtocol
import SystemCrypto
import Testing

@testable import CallbackRules

@Suite struct RawTransactionCheckTests {
    private static let samples = [
        "tx_docs_eth_signing", "tx_observed_docs_eth_signing.exact", "tx_docs_btc_legacy_ota_signing",
        "tx_docs_btc_segwit_signing",
    ]

    @Test(arguments: samples)
    func `documented samples agree`(name: String) throws {
        #expect(agreement(try rawSample(name)) == .agrees)
    }

    @Test(arguments: samples)
    func `another summary does not agree`(name: String) throws {
        let sample = try rawSample(name)
        let isWitness = name.contains("segwit")
        let others: [(String, (inout TransactionRequest) -> Void)] = [
            ("amount", { $0.amount = $0.amount.map { $0 + ExactDecimal(whole: 1).shifted(by: -8) } }),
            ("one destination's amount", { $0.destinations[0].amountNative = ExactDecimal(whole: 1) }),
            (
                "both amounts",
                {
                    let other = ($0.amount ?? .zero) + ExactDecimal(whole: 1).shifted(by: -8)
                    ($0.amount, $0.destinations[0].amountNative) = (other, other)
                }
            ),
            (
                "a smaller amount",
                {
                    let other = ($0.amount ?? .zero) - ExactDecimal(whole: 1).shifted(by: -18)
                    ($0.amount, $0.destinations[0].amountNative) = (other, other)
                }
            ),
            ("no amount", { $0.amount = nil }),
            ("no destination's amount", { $0.destinations[0].amountNative = nil }),
            ("address", { $0.destinations[0].displayDstAddress = "0x5dC69B1Fbb13Bafd09af88a782F0F285772Ad5f7" }),
            ("address", { $0.destinations[0].displayDstAddress = "1111111111111111111114oLvT2" }),
            ("top address", { $0.destAddress = "0x0000000000000000000000000000000000000000" }),
            (
                "every address",
                {
                    $0.destAddress = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
                    $0.destinations[0].dstAddress = $0.destAddress
                    $0.destinations[0].displayDstAddress = $0.destAddress
                }
            ),
            ("type", { $0.destType = "UNMANAGED" }),
            ("asset", { $0.asset = name.contains("eth") ? "BTC" : "ETH" }),
            ("token", { $0.asset = "USDC" }),
            ("unlisted asset", { $0.asset = "SOL" }),
            ("no asset", { $0.asset = nil }),
            ("no operation", { $0.operation = nil }),
            ("operation", { $0.operation = "CONTRACT_CALL" }),
            ("one more destination", { $0.destinations.append($0.destinations[0]) }),
            (
                "one more destination with an amount",
                {
                    $0.destinations.append($0.destinations[0])
                    $0.amount = $0.amount.map { $0 + $0 }
                }
            ),
            ("no destination", { $0.destinations = [] }),
            ("no bytes", { $0.rawTransactions = [] }),
            ("bytes twice", { $0.rawTransactions.append($0.rawTransactions[0]) }),
            ("no hash", { $0.rawTransactions[0].payload = nil }),
            ("no text", { $0.rawTransactions[0].rawTx = nil }),
            ("empty text", { $0.rawTransactions[0].rawTx = "" }),
            ("0x", { $0.rawTransactions[0].rawTx = "0x" + ($0.rawTransactions[0].rawTx ?? "") }),
            ("short hash", { $0.rawTransactions[0].payload?.removeLast(2) }),
            ("another hash", { $0.rawTransactions[0].payload = String(repeating: "00", count: 32) }),
        ]
        for (what, change) in others {
            var request = sample
            change(&request)
            #expect(agreement(request) != .agrees, "\(what)")
        }
        // Legacy preimages do not say what the inputs are worth, so that a fee is not compared there.
        guard !name.contains("legacy") else { return }
        for fee in [nil, ExactDecimal.zero, sample.fee.map { $0 - ExactDecimal(whole: 1).shifted(by: -18) }] {
            var request = sample
            request.fee = fee
            #expect(agreement(request) != .agrees)
        }
        var request = sample
        request.fee = sample.fee.map { $0 + ExactDecimal(whole: 1).shifted(by: -8) }
        #expect((agreement(request) == .agrees) == !isWitness)
    }

    @Test func `messages have no transaction, and their bytes are not understood`() throws {
        for operation in ["RAW", "TYPED_MESSAGE"] {
            var request = try rawSample("tx_docs_eth_signing")
            request.operation = operation
            #expect(agreement(request).isUnknown)
            request.rawTransactions = []
            #expect(agreement(request) == .notApplicable)
        }
        #expect(agreement(try rawSample("tx_constructed_raw_signing")) == .notApplicable)
        #expect(agreement(try rawSample("tx_constructed_approval_only")).isUnknown)
    }

    @Test func `hexadecimal and addresses are read without case`() throws {
        var request = try rawSample("tx_docs_eth_signing")
        request.rawTransactions[0].rawTx = request.rawTransactions[0].rawTx?.uppercased()
        request.rawTransactions[0].payload = request.rawTransactions[0].payload?.uppercased()
        request.destinations[0].displayDstAddress = request.destAddress?.lowercased()
        #expect(agreement(request) == .agrees)
    }

    @Test func `an asset is found by its exact name`() throws {
        var request = try rawSample("tx_docs_eth_signing")
        request.asset = "\u{212a}"
        let assets = ["K": DeclaredAsset(chainId: 1, contract: nil, decimals: 18)]
        #expect(RawTransactionCheck.agreement(of: request, assets: assets).isUnknown)
        request.asset = "K"
        #expect(RawTransactionCheck.agreement(of: request, assets: assets) == .agrees)
    }

    @Test(arguments: [
        DeclaredAsset(chainId: 5, contract: nil, decimals: 18),
        DeclaredAsset(chainId: 1, contract: nil, decimals: 17),
        DeclaredAsset(chainId: 1, contract: nil, decimals: -1),
        DeclaredAsset(chainId: 1, contract: nil, decimals: .max),
        DeclaredAsset(chainId: 1, contract: nil, decimals: .min),
        DeclaredAsset(chainId: nil, contract: nil, decimals: 18),
        DeclaredAsset(chainId: nil, contract: nil, decimals: 8),
        DeclaredAsset(chainId: nil, contract: "0x5dC69B1Fbb13Bafd09af88a782F0F285772Ad5f8", decimals: 18),
        DeclaredAsset(chainId: 1, contract: "0x5dC69B1Fbb13Bafd09af88a782F0F285772Ad5f8", decimals: 18),
        DeclaredAsset(chainId: 1, contract: "", decimals: 18),
    ])
    func `another declaration does not agree`(declaration: DeclaredAsset) throws {
        let request = try rawSample("tx_docs_eth_signing")
        #expect(RawTransactionCheck.agreement(of: request, assets: ["ETH": declaration]) != .agrees)
    }
}

/// Transactions of the test's own making.
@Suite struct RawEVMTests {
    private let receiver = "0x5dC69B1Fbb13Bafd09af88a782F0F285772Ad5f8"
    private let contract = "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48"

    private func check(
        _ asset: String, amount: String, _ bytes: [UInt8], fee: String = "0.01"
    ) throws -> RawAgreement {
        let paid = try #require(ExactDecimal(plain: amount))
        let request = TransactionRequest.transfer(of: asset, to: [(receiver, paid)], fee: ExactDecimal(plain: fee))
        return agreement(request.signing([bytes], on: .evm))
    }

    private func legacy(
        to: String, value: UInt64, data: [UInt8] = [], price: UInt64 = 1_000_000_000, gas: UInt64 = 65_000,
        tail: [UInt64] = [1, 0, 0]
    ) throws -> [UInt8] {
        RLPWriter.list(
            [
                RLPWriter.integer(7), RLPWriter.integer(price), RLPWriter.integer(gas),
                RLPWriter.bytes(try #require(EVMAddress(to)).bytes), RLPWriter.integer(value), RLPWriter.bytes(data),
            ] + tail.map(RLPWriter.integer))
    }

    private func transfer(to: String, amount: [UInt8]) throws -> [UInt8] {
        [0xa9, 0x05, 0x9c, 0xbb] + [UInt8](repeating: 0, count: 12) + (try #require(EVMAddress(to)).bytes)
            + [UInt8](repeating: 0, count: 32 - amount.count) + amount
    }

    @Test func `legacy transactions agree with EIP-155 only`() throws {
        #expect(try check("ETH", amount: "0.000000001", legacy(to: receiver, value: 1_000_000_000)) == .agrees)
        #expect(try check("ETH", amount: "0.000000001", legacy(to: receiver, value: 1_000_000_000, tail: [])).isUnknown)
        #expect(
            try check("ETH", amount: "0.000000001", legacy(to: receiver, value: 1_000_000_000, tail: [5, 0, 0]))
                .disagrees)
        #expect(try check("ETH", amount: "0.000000001", legacy(to: contract, value: 1_000_000_000)).disagrees)
        #expect(try check("ETH", amount: "0.000000001", legacy(to: receiver, value: 1_000_000_001)).disagrees)
        #expect(
            try check("ETH", amount: "0.000000001", legacy(to: receiver, value: 1_000_000_000, data: [0])).disagrees)
    }

    @Test func `gas costs no more than the fee`() throws {
        let bytes = try legacy(to: receiver, value: 1_000_000_000, price: 1_000_000_000, gas: 21_000)
        #expect(try check("ETH", amount: "0.000000001", bytes, fee: "0.000021") == .agrees)
        #expect(try check("ETH", amount: "0.000000001", bytes, fee: "0.000020999999999999").disagrees)
        let endless = try legacy(to: receiver, value: 1_000_000_000, price: .max, gas: .max)
        #expect(try check("ETH", amount: "0.000000001", endless).isUnknown)
    }

    @Test func `a token transfer is exactly one call`() throws {
        let data = try transfer(to: receiver, amount: [0x98, 0x96, 0x80])
        func token(_ data: [UInt8], to: String? = nil, value: UInt64 = 0) throws -> RawAgreement {
            try check("USDC", amount: "10", legacy(to: to ?? contract, value: value, data: data))
        }
        #expect(try token(data) == .agrees)
        #expect(try token(data, to: receiver).disagrees)
        #expect(try token(data, value: 1).disagrees)
        #expect(try token([]).disagrees)
        #expect(try token(data + [0]).disagrees)
        #expect(try token(Array(data.dropLast())).disagrees)
        #expect(try token(transfer(to: contract, amount: [0x98, 0x96, 0x80])).disagrees)
        #expect(try token(transfer(to: receiver, amount: [0x98, 0x96, 0x81])).disagrees)
        for index in data.indices {
            for bit in 0..<8 {
                var changed = data
                changed[index] ^= 1 << bit
                #expect(try token(changed).disagrees, "\(index)")
            }
        }
        #expect(try check("ETH", amount: "10", legacy(to: contract, value: 0, data: data)).disagrees)
        // Of nothing, so that a longer or shorter amount is the same number.
        let nothing = try transfer(to: receiver, amount: [])
        #expect(try check("USDC", amount: "0", legacy(to: contract, value: 0, data: nothing)) == .agrees)
        for wrong in [nothing + [0], Array(nothing.dropLast()), nothing + nothing] {
            #expect(try check("USDC", amount: "0", legacy(to: contract, value: 0, data: wrong)).disagrees)
        }
    }

    @Test func `transactions of another implementation agree, and each change of what they pay does not`() throws {
        let vectors = try rawVectors("evm")
        #expect(vectors.count == 36)
        for vector in vectors.compactMap(\.object) {
            func text(_ name: String) throws -> String { try #require(vector[name]?.string) }
            func number(_ name: String) throws -> ExactDecimal { try #require(ExactDecimal(plain: text(name))) }
            let raw = try rawBytes(text("rawTx"))
            #expect(Hexadecimal.encode(Keccak256.hash(raw)) == (try text("payload")))
            let transaction = try EVMTransaction(raw)
            #expect(String(transaction.nonce) == (try text("nonce")))
            #expect(String(transaction.gasLimit) == (try text("gasLimit")))
            #expect(transaction.gasPrice == (try number("gasPrice")))
            let chainId = try #require(UInt64(try text("chainId")))
            let gas = try #require(UInt32(try text("gasLimit")))
            var request = TransactionRequest.transfer(
                of: "X", to: [(try text("receiver"), try number("amount").shifted(by: -18))],
                fee: try number("gasPrice").multiplied(by: gas).shifted(by: -18))
            request.rawTransactions = [.init(rawTx: try text("rawTx"), payload: try text("payload"))]
            let contract = vector["isToken"] == .bool(true) ? try text("to") : nil
            let declaration = DeclaredAsset(chainId: chainId, contract: contract, decimals: 18)
            func check(_ request: TransactionRequest, _ declaration: DeclaredAsset) -> RawAgreement {
                RawTransactionCheck.agreement(of: request, assets: ["X": declaration])
            }
            #expect(check(request, declaration) == .agrees)
            var other = declaration
            other.chainId = chainId + 1
            #expect(check(request, other).disagrees)
            other = declaration
            other.contract = contract == nil ? receiver : nil
            #expect(check(request, other).disagrees)
            var changed = request
            changed.destinations[0].displayDstAddress = receiver
            #expect(check(changed, declaration).disagrees)
        }
    }
}
