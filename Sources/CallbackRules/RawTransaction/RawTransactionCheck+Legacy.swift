// Legacy preimages: the outputs are there to be read.

extension RawTransactionCheck {
    /// All entries sign one transaction, each another input and together all of them. Its outputs are the destinations and
    /// at most one more, to the inputs' own key hash.
    ///
    /// What the inputs are worth is not in these bytes, so that the fee is not compared. Whose an input is, is not either: a
    /// stranger's input among ours would make a stranger's key hash "own". Change is therefore accepted only where all
    /// inputs name one key hash: a signature is valid only for an output of ours that has the key hash in its entry.
    static func checkLegacy(_ preimages: [LegacyPreimage], _ payments: [BitcoinOutput]) throws(RawObjection) {
        guard let first = preimages.first else { throw .unknown("rawTx is absent") }
        guard preimages.allSatisfy({ $0.unsigned == first.unsigned }) else {
            throw .unknown("the entries are of different transactions")
        }
        let transaction = try decoded("rawTx") { () throws(RawDecodingError) in
            try BitcoinTransaction(first.unsigned)
        }
        guard Set(preimages.map(\.signedInput)).count == preimages.count,
            preimages.count == transaction.outpoints.count
        else { throw .unknown("the entries do not sign each input once") }
        var keyHashes: Set<[UInt8]> = []
        for preimage in preimages { keyHashes.insert(try keyHash(preimage.scriptCode)) }

        var owed: [BitcoinOutput: Int] = [:]
        for payment in payments { owed[payment, default: 0] += 1 }
        var others: [BitcoinOutput] = []
        for output in transaction.outputs {
            if let count = owed[output], count > 0 {
                owed[output] = count - 1
            } else {
                others.append(output)
            }
        }
        guard owed.values.allSatisfy({ $0 == 0 }) else { throw .disagrees("a destination is not paid its amount") }
        guard let change = others.first else { return }
        guard others.count == 1 else { throw .disagrees("it pays others than the destinations") }
        guard keyHashes.contains(where: { changeScripts($0).contains(change.script) }) else {
            throw .disagrees("it pays another than the destinations and the inputs' own key")
        }
        guard keyHashes.count == 1 else { throw .unknown(differentKeys) }
    }

    /// Why change among inputs of several keys is not accepted.
    static var differentKeys: String { "the inputs name different keys, so that the change may be a stranger's" }
}
