// Bitcoin preimages that tests and other implementations make.

import CallbackProtocol
import SystemCrypto
import Testing

@testable import CallbackRules

@Suite struct RawBitcoinTests {
    /// A transaction of our own, as both kinds of preimage.
    struct Draft {
        var inputs: [(keyHash: [UInt8], amount: UInt64)]
        var outputs: [BitcoinOutput]
        /// All inputs spend one output, which no valid transaction does.
        var isDouble = false

        func legacy() -> [[UInt8]] {
            inputs.indices.map { signed in
                let spent = inputs.indices.map { index in
                    let script = index == signed ? OutputScript.p2pkh(inputs[index].keyHash) : []
                    return outpoint(index) + CompactSize.encode(script.count) + script + [0xff, 0xff, 0xff, 0xff]
                }
                return [1, 0, 0, 0] + CompactSize.encode(inputs.count) + spent.flatMap(\.self)
                    + CompactSize.encode(outputs.count) + outputs.flatMap(\.serialised) + [0, 0, 0, 0, 1, 0, 0, 0]
            }
        }

        func witness() -> [[UInt8]] {
            inputs.indices.map { signed in
                let amount = BitcoinOutput(value: inputs[signed].amount, script: []).serialised.dropLast()
                return [2, 0, 0, 0] + DoubleSHA256.hash(inputs.indices.flatMap(outpoint))
                    + DoubleSHA256.hash([UInt8](repeating: 0xff, count: 4 * inputs.count)) + outpoint(signed) + [25]
                    + OutputScript.p2pkh(inputs[signed].keyHash) + amount + [0xff, 0xff, 0xff, 0xff]
                    + DoubleSHA256.hash(outputs.flatMap(\.serialised)) + [0, 0, 0, 0, 1, 0, 0, 0]
            }
        }

        private func outpoint(_ index: Int) -> [UInt8] {
            let number = isDouble ? 0 : UInt8(truncatingIfNeeded: index)
            return [UInt8](repeating: number, count: 32) + [number, 0, 0, 0]
        }
    }

    private let own = [UInt8](repeating: 0x11, count: 20)
    private let other = [UInt8](repeating: 0x22, count: 20)

    /// 0.5 to a P2WPKH address and 0.25 to a P2SH address, with a fee of 1000 satoshi.
    private var paid: [BitcoinOutput] {
        [
            BitcoinOutput(value: 50_000_000, script: OutputScript.p2wpkh([UInt8](repeating: 0x33, count: 20))),
            BitcoinOutput(value: 25_000_000, script: OutputScript.p2sh([UInt8](repeating: 0x44, count: 20))),
        ]
    }

    private func check(_ entries: [[UInt8]], fee: String = "0.00001") throws -> RawAgreement {
        let payments = try paid.map { output in
            let address = try #require(BitcoinAddress(script: output.script, network: .mainnet))
            return (address: address.text, amount: ExactDecimal(whole: UInt(output.value)).shifted(by: -8))
        }
        let request = TransactionRequest.transfer(of: "BTC", to: payments, fee: ExactDecimal(plain: fee))
        return agreement(request.signing(entries, on: .bitcoin))
    }

    private func change(_ value: UInt64, _ keyHash: [UInt8]) -> BitcoinOutput {
        BitcoinOutput(value: value, script: OutputScript.p2wpkh(keyHash))
    }

    @Test func `change at every position, and destinations in another order`() throws {
        let inputs = [(keyHash: own, amount: 60_000_000 as UInt64), (own, 40_000_000)]
        for form in [OutputScript.p2wpkh(own), OutputScript.p2pkh(own)] {
            for position in 0...2 {
                for order in [paid, paid.reversed()] {
                    var outputs = order
                    outputs.insert(BitcoinOutput(value: 24_999_000, script: form), at: position)
                    let draft = Draft(inputs: inputs, outputs: outputs)
                    #expect(try check(draft.legacy()) == .agrees)
                    #expect(try check(draft.witness()) == .agrees)
                    #expect(try check(draft.witness(), fee: "0.00001001").isUnknown)
                }
            }
        }
    }

    @Test func `no change where nothing is left`() throws {
        let draft = Draft(inputs: [(own, 75_001_000)], outputs: paid)
        #expect(try check(draft.witness()) == .agrees)
        #expect(try check(draft.legacy()) == .agrees)
        let wasteful = Draft(inputs: [(own, 75_002_000)], outputs: paid)
        #expect(try check(wasteful.witness()).isUnknown)
        let poor = Draft(inputs: [(own, 75_000_999)], outputs: paid)
        #expect(try check(poor.witness()).disagrees)
    }

    @Test func `anything else in the outputs`() throws {
        let inputs = [(keyHash: own, amount: 100_000_000 as UInt64)]
        let stranger = change(24_999_000, other)
        let wrong: [[BitcoinOutput]] = [
            paid + [stranger],
            paid + [change(24_998_000, own), change(1_000, own)],
            paid + [change(24_998_999, own), BitcoinOutput(value: 1, script: [0x6a])],
            paid + [BitcoinOutput(value: 24_999_000, script: [])],
            paid + [BitcoinOutput(value: 24_999_000, script: OutputScript.p2sh(own))],
            [paid[0], change(49_999_000, own)],
            [paid[0], paid[0], change(0, own)],
            [paid[0], BitcoinOutput(value: 25_000_001, script: paid[1].script), change(24_998_999, own)],
            [change(75_000_000, own), change(24_999_000, own)],
        ]
        for (index, outputs) in wrong.enumerated() {
            let draft = Draft(inputs: inputs, outputs: outputs)
            #expect(try check(draft.legacy()).disagrees, "\(index)")
            #expect(try check(draft.witness()) != .agrees, "\(index)")
        }
    }

    /// A stranger adds an input of its own and takes our change as "an input's own".
    @Test func `change to a stranger's input is not ours`() throws {
        let outputs = paid + [change(24_999_000, other)]
        let small = Draft(inputs: [(own, 99_999_000), (other, 1_000)], outputs: outputs)
        #expect(try check(small.legacy()).isUnknown)
        #expect(try check(small.witness()).isUnknown)
        // Not even where that input is worth the change: a second request could sign our other inputs the same way.
        let large = Draft(inputs: [(own, 75_001_000), (other, 24_999_000)], outputs: outputs)
        #expect(try check(large.witness()).isUnknown)
        let toOwn = Draft(inputs: [(own, 75_001_000), (other, 24_999_000)], outputs: paid + [change(24_999_000, own)])
        #expect(try check(toOwn.witness()).isUnknown)
        #expect(try check(toOwn.legacy()).isUnknown)
        // Without change there is nothing to take.
        let none = Draft(inputs: [(own, 75_000_000), (other, 1_000)], outputs: paid)
        #expect(try check(none.witness()) == .agrees)
        #expect(try check(none.legacy()) == .agrees)
    }

    @Test func `entries are one transaction and all its inputs, once`() throws {
        let inputs = [(keyHash: own, amount: 60_000_000 as UInt64), (own, 40_000_000), (own, 1_000)]
        let draft = Draft(inputs: inputs, outputs: paid + [change(25_000_000, own)])
        var elsewhere = draft
        elsewhere.outputs.removeLast()
        for (entries, others) in [(draft.legacy(), elsewhere.legacy()), (draft.witness(), elsewhere.witness())] {
            #expect(try check(entries) == .agrees)
            #expect(try check(Array(entries.dropLast())) != .agrees)
            #expect(try check(Array(entries.dropFirst())) != .agrees)
            #expect(try check(entries + [entries[0]]) != .agrees)
            #expect(try check([entries[0], entries[0], entries[2]]) != .agrees)
            #expect(try check([entries[0], others[1], entries[2]]) != .agrees)
        }
        let double = Draft(inputs: inputs, outputs: draft.outputs, isDouble: true)
        #expect(try check(double.legacy()).isUnknown)
        #expect(try check(double.witness()).isUnknown)
        let mixed = [draft.legacy()[0], draft.witness()[1], draft.witness()[2]]
        #expect(try check(mixed).isUnknown)
        #expect(try check(draft.legacy().reversed()) == .agrees)
    }

    /// The two formats are not told apart by a mark: 182 bytes with one input whose script lies over half of the fields.
    @Test func `bytes with two readings`() throws {
        let script = OutputScript.p2wpkh([UInt8](repeating: 0x33, count: 20))
        let outputs = [1] + BitcoinOutput(value: 50_000_000, script: script).serialised
        let padding = [UInt8](repeating: 0, count: 36)
        let prevouts = [1] + padding + [0x60] + padding.prefix(26)
        let amount = BitcoinOutput(value: 50_001_000, script: []).serialised.dropLast()
        let bytes: [UInt8] =
            [2, 0, 0, 0] + prevouts + padding + [25] + OutputScript.p2pkh(own) + amount + padding.prefix(4) + outputs
            + [0, 0, 0, 0, 1, 0, 0, 0]
        #expect(bytes.count == 182)
        #expect(try LegacyPreimage(bytes).signedInput == 0)
        #expect(try WitnessPreimage(bytes).scriptCode == OutputScript.p2pkh(own))
        #expect(try check([bytes]) == .unknown("the bytes read both as a legacy and as a BIP-143 preimage"))
    }

    @Test func `networks are not mixed`() throws {
        let draft = Draft(inputs: [(own, 75_001_000)], outputs: paid)
        let texts = try [BitcoinNetwork.mainnet, .testnet].enumerated().map { index, network in
            try #require(BitcoinAddress(script: paid[index].script, network: network)).text
        }
        let payments = zip(texts, paid).map { text, output in
            (address: text, amount: ExactDecimal(whole: UInt(output.value)).shifted(by: -8))
        }
        let request = TransactionRequest.transfer(of: "BTC", to: payments, fee: ExactDecimal(plain: "0.00001"))
        #expect(agreement(request.signing(draft.witness(), on: .bitcoin)).isUnknown)
    }

    @Test func `the search for outputs is bounded`() throws {
        let many = (0..<1_000).map { BitcoinOutput(value: UInt64(1_000 - $0), script: OutputScript.p2wpkh(own)) }
        let reconstruction = OutputReconstruction(hashOutputs: [UInt8](repeating: 0, count: 32), payments: many)
        let scripts = (0..<1_000).map {
            OutputScript.p2wpkh([UInt8](repeating: UInt8(truncatingIfNeeded: $0), count: 20))
        }
        #expect(!reconstruction.succeeds(change: 5, to: scripts))
    }

    @Test func `transactions of another implementation agree`() throws {
        let vectors = try rawVectors("bitcoin")
        #expect(vectors.count == 24)
        for vector in vectors.compactMap(\.object) {
            let destinations = try #require(vector["destinations"]?.array).compactMap(\.object)
            let payments = try destinations.map { destination in
                (
                    address: try #require(destination["address"]?.string),
                    amount: try rawDecimal(destination["amount"]?.string)
                )
            }
            var request = TransactionRequest.transfer(
                of: "BTC", to: payments, fee: try rawDecimal(vector["fee"]?.string))
            let entries = try #require(vector["entries"]?.array).compactMap(\.object)
            request.rawTransactions = entries.map { entry in
                .init(rawTx: entry["rawTx"]?.string, payload: entry["payload"]?.string)
            }
            #expect(agreement(request) == .agrees)
            request.amount = request.amount.map { $0 + ExactDecimal(whole: 1).shifted(by: -8) }
            request.destinations[0].amountNative = payments[0].amount + ExactDecimal(whole: 1).shifted(by: -8)
            #expect(agreement(request) != .agrees)
        }
    }
}
