// Transactions of EVM chains against the summary.

import CallbackProtocol

extension RawTransactionCheck {
    /// One transaction, of the declared chain, that pays the only destination exactly its amount: with its value and no data
    /// for the chain's own asset, with one `transfer(address,uint256)` to the contract and no value for a token.
    static func checkEVM(_ entries: [Entry], _ summary: PaymentSummary, chainId: UInt64) throws(RawObjection) {
        guard let entry = entries.first, entries.count == 1 else {
            throw .disagrees("\(entries.count) transactions would be signed for one transfer")
        }
        guard let payment = summary.payments.first, summary.payments.count == 1 else {
            throw .unknown("one transaction of this chain pays one destination")
        }
        guard entry.bytes.count <= EVMTransaction.maximumSize else { throw .unknown("the transaction is too large") }
        try checkHashes([entry], Keccak256.hash)
        let transaction = try decoded("rawTx") { () throws(RawDecodingError) in try EVMTransaction(entry.bytes) }
        guard let destination = EVMAddress(payment.address) else {
            throw .unknown("the destination's address is not of an EVM chain")
        }
        guard let signedChain = transaction.chainId else {
            throw .unknown("the transaction names no chain (EIP-155): it is valid on every one")
        }
        guard signedChain == chainId else { throw .disagrees("the chain id is \(signedChain), not \(chainId)") }
        guard let recipient = transaction.to else { throw .disagrees("the transaction creates a contract") }
        let amount = payment.amount.shifted(by: summary.asset.decimals)
        if let contract = summary.asset.contract {
            guard let token = EVMAddress(contract) else { throw .unknown("the asset's contract is no EVM address") }
            guard recipient == token.bytes else { throw .disagrees("it calls another contract than the asset's") }
            guard transaction.value.isZero else { throw .disagrees("a token transfer carries value") }
            try checkTransfer(transaction.data, to: destination.bytes, amount: amount)
        } else {
            guard transaction.data.isEmpty else { throw .disagrees("a transfer carries data") }
            guard recipient == destination.bytes else { throw .disagrees("it pays another address") }
            guard transaction.value == amount else {
                throw .disagrees("it pays \(transaction.value) of the smallest unit, not \(amount)")
            }
        }
        try checkGas(transaction, fee: summary.fee)
    }

    /// `transfer(address,uint256)` of ERC-20 in the one encoding that the ABI gives it: 68 bytes.
    private static func checkTransfer(
        _ data: [UInt8], to destination: [UInt8], amount: ExactDecimal
    ) throws(RawObjection) {
        guard data.count == 68, data.starts(with: [0xa9, 0x05, 0x9c, 0xbb]), data[4..<16].allSatisfy({ $0 == 0 }) else {
            throw .disagrees("the data is not exactly transfer(address,uint256)")
        }
        guard data[16..<36].elementsEqual(destination) else { throw .disagrees("it pays another address") }
        let transferred = ExactDecimal(bigEndian: data[36...])
        guard transferred == amount else {
            throw .disagrees("it pays \(transferred) of the smallest unit, not \(amount)")
        }
    }

    /// The gas may cost up to the stated fee (in the documented samples it is exactly that), never more: whoever makes the
    /// block receives the rest, so that an unbounded gas price pays the whole balance to a stranger.
    private static func checkGas(_ transaction: EVMTransaction, fee: ExactDecimal?) throws(RawObjection) {
        guard let fee else { throw .unknown("fee is absent") }
        guard let gasLimit = UInt32(exactly: transaction.gasLimit) else { throw .unknown("the gas limit is too large") }
        let most = transaction.gasPrice.multiplied(by: gasLimit).shifted(by: -18)
        guard most <= fee else { throw .disagrees("its gas may cost \(most), more than the fee") }
    }
}
