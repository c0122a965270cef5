// Compares the bytes that would be signed with the request around them.

import CallbackProtocol
import SystemCrypto

/// `raw_transaction: agrees` (rules language, item 12): every entry of `rawTx` decodes, its hash is its `payload`, and what
/// it pays is what the summary says.
///
/// The co-signer signs `payload`, so the hash ties the bytes to the signature and the bytes to the summary. What the bytes
/// cannot show stays open: which key signs (`keyDerivationPath` names no public key), and for legacy Bitcoin inputs the fee.
enum RawTransactionCheck {
    /// One entry of `rawTx`, as bytes that hash to `payload`.
    struct Entry: Sendable {
        var bytes: [UInt8]
        /// `payload`, the hash that would be signed.
        var payload: [UInt8]
    }

    /// More than the 250 inputs that co-signers sign.
    private static let maximumEntries = 1_000
    /// All entries together: 250 legacy inputs have 2.6 MB.
    private static let maximumBytes = 8 << 20

    /// Message operations have no transaction: not applicable, unless there are bytes, which then mean something that no
    /// summary tells. For every other operation absent bytes are unknown, at the approval stage too, where they are not
    /// yet made: nothing was compared.
    static func agreement(of request: TransactionRequest, assets: [String: DeclaredAsset]) -> RawAgreement {
        if TransactionRequest.isMessageSigning(request.operation), request.rawTransactions.isEmpty {
            return .notApplicable
        }
        do throws(RawObjection) {
            let summary = try PaymentSummary(of: request, assets: assets)
            let entries = try entries(of: request)
            switch (summary.asset.chainId, summary.asset.contract) {
            case (let chainId?, _): try checkEVM(entries, summary, chainId: chainId)
            case (nil, nil): try checkBitcoin(entries, summary)
            case (nil, _?): throw .unknown("the asset has a contract and no chain id")
            }
            return .agrees
        } catch {
            return switch error {
            case .disagrees(let reason): .disagrees(reason)
            case .unknown(let reason): .unknown(reason)
            }
        }
    }

    /// All entries in hexadecimal, without `0x`, as they are documented.
    private static func entries(of request: TransactionRequest) throws(RawObjection) -> [Entry] {
        guard !request.rawTransactions.isEmpty else { throw .unknown("rawTx is absent") }
        guard request.rawTransactions.count <= maximumEntries else { throw .unknown("rawTx has too many entries") }
        var size = 0
        for entry in request.rawTransactions { size += entry.rawTx?.utf8.count ?? 0 }
        guard size / 2 <= maximumBytes else { throw .unknown("rawTx is too large") }
        var entries: [Entry] = []
        for entry in request.rawTransactions {
            guard let text = entry.rawTx, let bytes = Hexadecimal.decode(text), !bytes.isEmpty else {
                throw .unknown("an entry of rawTx has no hexadecimal bytes")
            }
            guard let text = entry.payload, let payload = Hexadecimal.decode(text), payload.count == 32 else {
                throw .unknown("an entry of rawTx has no payload of 32 bytes")
            }
            entries.append(Entry(bytes: bytes, payload: payload))
        }
        return entries
    }

    /// Every entry signs the hash of its own bytes.
    static func checkHashes(_ entries: [Entry], _ hash: ([UInt8]) -> [UInt8]) throws(RawObjection) {
        for entry in entries where hash(entry.bytes) != entry.payload {
            throw .disagrees("the hash of the bytes is not the payload")
        }
    }

    /// What a decoder could not read is unknown.
    static func decoded<Value>(
        _ what: String, _ decode: () throws(RawDecodingError) -> Value
    ) throws(RawObjection) -> Value {
        do throws(RawDecodingError) {
            return try decode()
        } catch {
            throw .unknown("\(what): \(error)")
        }
    }
}
