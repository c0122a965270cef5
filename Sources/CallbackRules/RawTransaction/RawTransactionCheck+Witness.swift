// BIP-143 preimages: the outputs are hashed, and rebuilt here.

import CallbackProtocol

extension RawTransactionCheck {
    /// All entries sign one transaction, and their outpoints are all its inputs. Its outputs are the destinations and one
    /// change output worth inputs minus amounts minus fee, to the inputs' own key hash; none where that is nothing.
    ///
    /// As with legacy inputs, change is accepted only where all inputs name one key hash: a signature is valid only for an
    /// output of ours that has the key hash in its entry, so that whoever uses it sends the change back to that key.
    /// An entry's amount binds its own signature only; two requests about one transaction, each wrong about the other's
    /// input, can make the real fee larger than either says (why BIP-341 hashes all amounts).
    static func checkWitness(
        _ preimages: [WitnessPreimage], _ payments: [BitcoinOutput], fee: ExactDecimal?
    ) throws(RawObjection) {
        guard let first = preimages.first else { throw .unknown("rawTx is absent") }
        guard let fee else { throw .unknown("fee is absent") }
        let isOneTransaction = preimages.allSatisfy { preimage in
            preimage.version == first.version && preimage.hashPrevouts == first.hashPrevouts
                && preimage.hashSequence == first.hashSequence && preimage.hashOutputs == first.hashOutputs
                && preimage.lockTime == first.lockTime
        }
        guard isOneTransaction else { throw .unknown("the entries are of different transactions") }
        guard Set(preimages.map(\.outpoint)).count == preimages.count else {
            throw .unknown("the entries do not sign each input once")
        }
        guard DoubleSHA256.hash(preimages.flatMap(\.outpoint)) == first.hashPrevouts,
            DoubleSHA256.hash(preimages.flatMap(\.sequence)) == first.hashSequence
        else { throw .unknown("the entries are not the transaction's inputs in their order") }

        var inputs: UInt64 = 0
        var keyHashes: Set<[UInt8]> = []
        for preimage in preimages {
            inputs += preimage.amount
            guard inputs <= BitcoinOutput.maximumValue else { throw .unknown("the inputs are too large") }
            keyHashes.insert(try keyHash(preimage.scriptCode))
        }
        // Amounts and fee are at most 21 million bitcoin each: the sum is far from 64 bits.
        let spent = payments.reduce(0) { $0 + $1.value } + (try satoshi(fee, "the fee"))
        guard inputs >= spent else { throw .disagrees("the inputs are worth less than amounts and fee") }
        let change = inputs - spent
        guard change == 0 || keyHashes.count == 1 else { throw .unknown(differentKeys) }
        let scripts = keyHashes.flatMap(changeScripts)
        let reconstruction = OutputReconstruction(hashOutputs: first.hashOutputs, payments: payments)
        guard reconstruction.succeeds(change: change, to: scripts) else {
            throw .unknown("hashOutputs is not that of the destinations and one change output")
        }
    }
}

/// Looks for the outputs behind a hashOutputs (BIP-143). What is found is what would be signed: the hash has one preimage,
/// and the preimage reads in one way.
struct OutputReconstruction: Sendable {
    let hashOutputs: [UInt8]
    let payments: [BitcoinOutput]

    /// How many bytes are hashed before giving up.
    static let budget = 4 << 20

    /// The destinations in their order, or sorted as BIP-69 says, with the change at every position; without change where
    /// it is worth nothing.
    func succeeds(change: UInt64, to scripts: [[UInt8]]) -> Bool {
        guard change > 0 else {
            return orders.contains { DoubleSHA256.hash($0.flatMap(\.serialised)) == hashOutputs }
        }
        var left = Self.budget
        for script in scripts {
            let changeBytes = BitcoinOutput(value: change, script: script).serialised
            for order in orders {
                let serialised = order.map(\.serialised)
                // Most often the change is last.
                for position in (0...serialised.count).reversed() {
                    let bytes =
                        serialised[..<position].flatMap(\.self) + changeBytes + serialised[position...].flatMap(\.self)
                    left -= bytes.count
                    guard left >= 0 else { return false }
                    if DoubleSHA256.hash(bytes) == hashOutputs { return true }
                }
            }
        }
        return false
    }

    private var orders: [[BitcoinOutput]] {
        let sorted = payments.sorted {
            $0.value != $1.value ? $0.value < $1.value : $0.script.lexicographicallyPrecedes($1.script)
        }
        return sorted == payments ? [payments] : [payments, sorted]
    }
}
