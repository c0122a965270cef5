// Requests with bytes, and bytes for requests.

import CallbackProtocol
import Foundation
import SystemCrypto
import Testing

@testable import CallbackRules

let rawAssets: [String: DeclaredAsset] = [
    "ETH": DeclaredAsset(chainId: 1, contract: nil, decimals: 18),
    "USDC": DeclaredAsset(chainId: 1, contract: "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48", decimals: 6),
    "BTC": DeclaredAsset(chainId: nil, contract: nil, decimals: 8),
]

/// How a chain hashes what it signs.
enum RawChain {
    case evm, bitcoin

    func hash(_ bytes: [UInt8]) -> [UInt8] {
        switch self {
        case .evm: Keccak256.hash(bytes)
        case .bitcoin: SHA256Digest.hash(SHA256Digest.hash(bytes))
        }
    }
}

func rawResource(_ name: String) throws -> [UInt8] {
    let resources = Bundle.module.bundleURL.appendingPathComponent("Resources")
    return Array(try Data(contentsOf: resources.appendingPathComponent(name)))
}

/// A documented sample, read as the server reads it.
func rawSample(_ name: String) throws -> TransactionRequest {
    let request = try RequestAuthenticator.acceptUnauthenticated(
        json: rawResource(name + ".json"), kind: .transaction, listener: "test")
    guard case .transaction(let transaction) = request.content else {
        throw RawDecodingError("\(name) is no transaction")
    }
    return transaction
}

func rawBytes(_ hex: String?) throws -> [UInt8] { try #require(hex.flatMap { Hexadecimal.decode($0) }) }

func rawDecimal(_ text: String?) throws -> ExactDecimal { try #require(text.flatMap { ExactDecimal(plain: $0) }) }

/// A section of `raw_transactions.json`.
func rawVectors(_ section: String) throws -> [JSONValue] {
    let file = try StrictJSON.parse(rawResource("raw_transactions.json"))
    return try #require(file.object?[section]?.array)
}

func agreement(_ request: TransactionRequest) -> RawAgreement {
    RawTransactionCheck.agreement(of: request, assets: rawAssets)
}

extension RawAgreement {
    var isUnknown: Bool { if case .unknown = self { true } else { false } }
    var disagrees: Bool { if case .disagrees = self { true } else { false } }
}

extension TransactionRequest {
    /// The same request about other bytes, whose hash is the payload.
    func signing(_ entries: [[UInt8]], on chain: RawChain) -> TransactionRequest {
        var request = self
        request.rawTransactions = entries.map { bytes in
            RawTransaction(
                keyDerivationPath: "[ 44, 0, 0, 0, 0 ]", rawTx: Hexadecimal.encode(bytes),
                payload: Hexadecimal.encode(chain.hash(bytes)))
        }
        return request
    }

    /// A TRANSFER of an asset at the signing stage.
    static func transfer(
        of asset: String, to payments: [(address: String, amount: ExactDecimal)], fee: ExactDecimal?
    ) -> TransactionRequest {
        var request = TransactionRequest(requestId: "raw", stage: .signing)
        request.operation = "TRANSFER"
        request.asset = asset
        request.fee = fee
        request.amount = payments.reduce(.zero) { $0 + $1.amount }
        request.destinations = payments.map { payment in
            Destination(amountNative: payment.amount, displayDstAddress: payment.address)
        }
        return request
    }
}

/// Writes RLP, for transactions that tests make. Apart from the decoder, so that it shares no mistake with it.
enum RLPWriter {
    static func bytes(_ bytes: [UInt8]) -> [UInt8] {
        if bytes.count == 1, bytes[0] < 0x80 { return bytes }
        return head(0x80, bytes.count) + bytes
    }

    static func list(_ items: [[UInt8]]) -> [UInt8] {
        let content = items.flatMap(\.self)
        return head(0xc0, content.count) + content
    }

    static func integer(_ value: UInt64) -> [UInt8] {
        bytes(minimal(value))
    }

    private static func minimal(_ value: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = value
        while rest > 0 {
            bytes.insert(UInt8(rest & 0xff), at: 0)
            rest >>= 8
        }
        return bytes
    }

    private static func head(_ base: UInt8, _ count: Int) -> [UInt8] {
        if count <= 55 { return [base + UInt8(count)] }
        let length = minimal(UInt64(count))
        return [base + 55 + UInt8(length.count)] + length
    }
}
