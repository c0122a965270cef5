// The answer to `raw_transaction: agrees`, and what it needs from the rules file.

/// What a rules file says of an asset (`assets:`), without its place in the file.
struct DeclaredAsset: Sendable, Hashable {
    /// Of an EVM chain; `nil` for a chain of Bitcoin's format.
    var chainId: UInt64?
    /// Of a token (ERC-20); `nil` for a chain's own asset.
    var contract: String?
    /// How many decimals the smallest unit has.
    var decimals: Int
}

/// Whether the bytes that would be signed say what the request says (rules language, item 12).
enum RawAgreement: Equatable, Sendable {
    case agrees
    /// The bytes do something else; the text says what.
    case disagrees(String)
    /// Could not tell, which is never yes.
    case unknown(String)
    /// The operation signs messages and has no transaction.
    case notApplicable
}

/// Why bytes were not found to agree. Every check throws one or returns, so that only the end of all checks is a yes.
enum RawObjection: Error, Hashable {
    case disagrees(String)
    case unknown(String)
}
