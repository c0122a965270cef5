// Every single-byte change of the documented bytes.

import CallbackProtocol
import SystemCrypto
import Testing

@testable import CallbackRules

@Suite struct RawTransactionMutationTests {
    /// Runs other values of each byte of one entry: all of them, or every fifth where one run takes longer.
    private func forEachChange(of bytes: [UInt8], step: Int = 1, _ body: (Int, [UInt8]) -> Void) {
        for index in bytes.indices {
            var changed = bytes
            for value in stride(from: 1, through: 255, by: step) {
                changed[index] = bytes[index] ^ UInt8(value)
                body(index, changed)
            }
        }
    }

    /// Nonce, priority fee, maximum fee and gas limit: what the transaction pays does not depend on them.
    @Test func `ETH: every byte, every value`() throws {
        let sample = try rawSample("tx_docs_eth_signing")
        let bytes = try rawBytes(sample.rawTransactions[0].rawTx)
        let neutral: Set<Int> = [3, 5, 6, 7, 8, 10, 11, 12, 13, 14, 16, 17]
        var agreed: Set<Int> = []
        forEachChange(of: bytes) { index, changed in
            var request = sample
            request.rawTransactions[0].rawTx = Hexadecimal.encode(changed)
            #expect(agreement(request) != .agrees)
            if agreement(sample.signing([changed], on: .evm)) == .agrees { agreed.insert(index) }
        }
        #expect(agreed.subtracting(neutral) == [])
        #expect(agreed.contains(3))
    }

    @Test(arguments: ["tx_docs_btc_legacy_ota_signing", "tx_docs_btc_segwit_signing"])
    func `BTC: every byte of each entry`(name: String) throws {
        let sample = try rawSample(name)
        let entries = try sample.rawTransactions.map { try rawBytes($0.rawTx) }
        for place in entries.indices {
            forEachChange(of: entries[place], step: 5) { index, changed in
                var request = sample
                request.rawTransactions[place].rawTx = Hexadecimal.encode(changed)
                #expect(agreement(request).disagrees)
                var signed = entries
                signed[place] = changed
                #expect(agreement(sample.signing(signed, on: .bitcoin)) != .agrees, "byte \(index)")
            }
        }
    }

    /// The same change in both entries: the version, the outpoints, the sequences and the lock time pay nobody.
    @Test func `BTC legacy: every byte of the transaction, in all entries`() throws {
        let sample = try rawSample("tx_docs_btc_legacy_ota_signing")
        let entries = try sample.rawTransactions.map { try rawBytes($0.rawTx) }
        let size = entries[0].count
        // Behind the inputs both entries are equal: outputs, lock time, sighash type.
        let outputs = 112..<(size - 8)
        var agreed: Set<Int> = []
        for index in Array(0..<5) + Array(outputs.lowerBound..<size) {
            for value in stride(from: 1, through: 255, by: 5) {
                var changed = entries
                for place in changed.indices { changed[place][index] ^= UInt8(value) }
                if agreement(sample.signing(changed, on: .bitcoin)) == .agrees { agreed.insert(index) }
            }
        }
        // The change output's value is what the inputs leave, and stands in bytes 146 to 153.
        let neutral = Set(0..<4).union(size - 8..<size - 4).union(146..<154)
        #expect(agreed.isSubset(of: neutral))
        #expect(agreed.isSuperset(of: 0..<4))
    }

    /// The same change in both entries of the segwit sample. Outpoints and amounts differ between the entries.
    @Test func `BTC segwit: every common byte, in all entries`() throws {
        let sample = try rawSample("tx_docs_btc_segwit_signing")
        let entries = try sample.rawTransactions.map { try rawBytes($0.rawTx) }
        var agreed: Set<Int> = []
        for index in entries[0].indices {
            for value in stride(from: 1, through: 255, by: 5) {
                var changed = entries
                for place in changed.indices { changed[place][index] ^= UInt8(value) }
                if agreement(sample.signing(changed, on: .bitcoin)) == .agrees { agreed.insert(index) }
            }
        }
        #expect(agreed == Set(0..<4).union(174..<178))
    }

    /// Token and access list transactions too: what agrees after a change differs in nonce and gas at most.
    @Test func `EVM: every byte of another implementation's transactions`() throws {
        for vector in try rawVectors("evm").compactMap(\.object) {
            let bytes = try rawBytes(vector["rawTx"]?.string)
            let before = try EVMTransaction(bytes)
            let receiver = try #require(vector["receiver"]?.string)
            let amount = try rawDecimal(vector["amount"]?.string).shifted(by: -18)
            let request = TransactionRequest.transfer(
                of: "X", to: [(receiver, amount)], fee: ExactDecimal(whole: 1_000))
            let contract = vector["isToken"] == .bool(true) ? vector["to"]?.string : nil
            let assets = ["X": DeclaredAsset(chainId: before.chainId, contract: contract, decimals: 18)]
            for index in bytes.indices {
                for flip: UInt8 in [0x01, 0x80, 0xff] {
                    var changed = bytes
                    changed[index] ^= flip
                    let other = request.signing([changed], on: .evm)
                    guard RawTransactionCheck.agreement(of: other, assets: assets) == .agrees else { continue }
                    let after = try EVMTransaction(changed)
                    #expect(after.chainId == before.chainId && after.to == before.to, "byte \(index)")
                    #expect(after.value == before.value && after.data == before.data, "byte \(index)")
                }
            }
        }
    }
}
