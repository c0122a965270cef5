// Bitcoin preimages against the summary.

import CallbackProtocol

extension RawTransactionCheck {
    /// One entry for each input of one transaction, all legacy or all BIP-143.
    static func checkBitcoin(_ entries: [Entry], _ summary: PaymentSummary) throws(RawObjection) {
        guard summary.asset.decimals == 8 else { throw .unknown("amounts of this format have 8 decimals") }
        try checkHashes(entries, DoubleSHA256.hash)
        var legacy: [LegacyPreimage] = []
        var witness: [WitnessPreimage] = []
        for entry in entries {
            // Neither format names itself, and a signature is valid for whatever its bytes can mean.
            switch (try? LegacyPreimage(entry.bytes), try? WitnessPreimage(entry.bytes)) {
            case (let preimage?, nil): legacy.append(preimage)
            case (nil, let preimage?): witness.append(preimage)
            case (_?, _?): throw .unknown("the bytes read both as a legacy and as a BIP-143 preimage")
            case (nil, nil): throw .unknown("the bytes are no preimage for SIGHASH_ALL")
            }
        }
        let payments = try outputs(paying: summary.payments)
        if witness.isEmpty {
            try checkLegacy(legacy, payments)
        } else if legacy.isEmpty {
            try checkWitness(witness, payments, fee: summary.fee)
        } else {
            throw .unknown("legacy and BIP-143 inputs are mixed")
        }
    }

    private static let maximumPayments = 1_000

    /// The outputs that the destinations stand for, all of one network.
    private static func outputs(
        paying payments: [PaymentSummary.Payment]
    ) throws(RawObjection) -> [BitcoinOutput] {
        guard payments.count <= maximumPayments else { throw .unknown("there are too many destinations") }
        var outputs: [BitcoinOutput] = []
        var network: BitcoinNetwork?
        var total: UInt64 = 0
        for payment in payments {
            let address = try decoded("a destination's address") { () throws(RawDecodingError) in
                try BitcoinAddress(payment.address)
            }
            guard network == nil || network == address.network else {
                throw .unknown("the destinations are of two networks")
            }
            network = address.network
            let value = try satoshi(payment.amount, "an amount")
            total += value
            guard total <= BitcoinOutput.maximumValue else { throw .unknown("the amounts are too large") }
            outputs.append(BitcoinOutput(value: value, script: address.script))
        }
        return outputs
    }

    static func satoshi(_ amount: ExactDecimal, _ what: String) throws(RawObjection) -> UInt64 {
        guard let value = amount.shifted(by: 8).unsignedInteger, value <= BitcoinOutput.maximumValue else {
            throw .unknown("\(what) is no number of satoshi")
        }
        return value
    }

    /// The key hash that an input's script code names.
    static func keyHash(_ scriptCode: [UInt8]) throws(RawObjection) -> [UInt8] {
        guard let keyHash = OutputScript.keyHash(scriptCode) else {
            throw .unknown("an input is not spent with a single key hash")
        }
        return keyHash
    }

    /// Where change may go: to the key hash itself, as P2WPKH or P2PKH.
    static func changeScripts(_ keyHash: [UInt8]) -> [[UInt8]] {
        [OutputScript.p2wpkh(keyHash), OutputScript.p2pkh(keyHash)]
    }
}
