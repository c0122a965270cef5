// Hostile bytes through every decoder. What is tested is that nothing traps, and that nothing agrees by accident.

import CallbackProtocol
import SystemCrypto
import Testing

@testable import CallbackRules

@Suite struct RawTransactionFuzzTests {
    private static let samples = [
        "tx_docs_eth_signing", "tx_docs_btc_legacy_ota_signing", "tx_docs_btc_segwit_signing",
    ]

    private func mutated(_ bytes: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
        var bytes = bytes
        for _ in 0...random.below(3) {
            let position = random.below(bytes.count + 1)
            switch random.below(6) {
            case 0 where position < bytes.count: bytes[position] = UInt8(random.below(256))
            case 1 where position < bytes.count: bytes[position] ^= 1 << random.below(8)
            case 2: bytes.insert(random.pick([0, 0x7f, 0x80, 0xb7, 0xbf, 0xc0, 0xf7, 0xfd, 0xfe, 0xff]), at: position)
            case 3 where position < bytes.count: bytes.remove(at: position)
            case 4: bytes.removeLast(bytes.count - position)
            default: bytes.insert(contentsOf: (0..<random.below(9)).map { _ in UInt8(random.below(256)) }, at: position)
            }
        }
        return bytes
    }

    @Test func `decoders do not trap`() throws {
        var random = SplitMix64(seed: 0x5eed)
        var seeds = try Self.samples.flatMap { try rawSample($0).rawTransactions.compactMap(\.rawTx).map(rawBytes) }
        seeds += [[], [0xc0], [0x02, 0xc0], [0x01, 0xf8, 0xff], [UInt8](repeating: 0xff, count: 60)]
        var read = 0
        for _ in 0..<120_000 {
            let bytes = mutated(random.pick(seeds), &random)
            if (try? RLP(bytes)) != nil { read += 1 }
            if (try? EVMTransaction(bytes)) != nil { read += 1 }
            if (try? LegacyPreimage(bytes)) != nil { read += 1 }
            if (try? WitnessPreimage(bytes)) != nil { read += 1 }
            var reader = ByteReader(bytes)
            _ = try? reader.variableBytes()
            _ = BitcoinAddress(script: bytes, network: .mainnet)
        }
        #expect(read > 1_000)
    }

    @Test func `address formats do not trap`() {
        var random = SplitMix64(seed: 0xadd7)
        let seeds = [
            evmAddress, bech32Address, base58Address, "BC1SW50QGDZ25J", "3P14159f73E4gFr7JterCCQh9QjiTjiZrG", "bc1",
            "0x",
            "cosmos1vqpjljwsynsn58dugz0w8ut7kun7t8ls2qkmsq", "",
        ].map { Array($0.utf8) }
        var known = 0
        for _ in 0..<80_000 {
            let text = String(decoding: mutated(random.pick(seeds), &random), as: UTF8.self)
            if AddressFormat.check(text) != .unrecognised { known += 1 }
            _ = try? BitcoinAddress(text)
        }
        #expect(known > 1_000)
    }

    @Test func `the check does not trap, and accidents do not agree`() throws {
        var random = SplitMix64(seed: 0xc4ec)
        let samples = try Self.samples.map(rawSample)
        for _ in 0..<6_000 {
            var request = random.pick(samples)
            let chain: RawChain = request.asset == "ETH" ? .evm : .bitcoin
            let entries = try request.rawTransactions.map { try rawBytes($0.rawTx ?? "") }
            var changed = entries
            changed[random.below(changed.count)] = mutated(random.pick(entries), &random)
            request = request.signing(changed, on: chain)
            if random.chance(20) { request.asset = random.pick(["ETH", "BTC", "USDC"]) }
            guard agreement(request) == .agrees else { continue }
            // An EVM transaction may differ in nonce and gas; a Bitcoin one not at all in one entry alone.
            #expect(chain == .evm || changed == entries)
            guard chain == .evm else { continue }
            let (before, after) = (try EVMTransaction(entries[0]), try EVMTransaction(changed[0]))
            #expect(before.to == after.to && before.value == after.value && before.data == after.data)
            #expect(before.chainId == after.chainId)
        }
    }
}
