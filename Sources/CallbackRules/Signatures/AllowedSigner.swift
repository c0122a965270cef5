// Whose key is whose: one line of an allowed-signers file.

/// A key, the principals that it speaks for, and when it counts.
package struct AllowedSigner: Sendable {
    package let principals: PatternList
    package let key: OpenSSHPublicKey
    /// The namespaces in which the key may sign; `nil` for every one.
    package let namespaces: PatternList?
    /// The first and the last second in which a signature counts, since 1970.
    package let validAfter: Int64?
    package let validBefore: Int64?
    /// The line of the file, from 1; 0 where the key came otherwise.
    package let line: Int

    /// Where the line names exactly one principal, and no pattern: that principal, who can be counted.
    package var principal: String? { principals.singleName }

    /// Why a signature by this key does not count here and now; `nil` where it does.
    package func objection(namespace: String, at instant: RulesInstant) -> SignatureObjection? {
        if let namespaces, !namespaces.matches(namespace) { return .namespaceNotAllowed }
        if let validAfter, instant.seconds < validAfter { return .notYetValid }
        if let validBefore, instant.seconds > validBefore { return .expired }
        return nil
    }
}

/// Why a signature file does not count.
package enum SignatureObjection: String, Sendable, Hashable, CaseIterable {
    /// Not a signature file, or not of a kind that is accepted.
    case unreadable
    /// Signed for another purpose.
    case wrongNamespace = "wrong_namespace"
    /// By a key that is not listed.
    case unknownKey = "unknown_key"
    /// By a key that is not listed for this purpose.
    case namespaceNotAllowed = "namespace_not_allowed"
    case notYetValid = "not_yet_valid"
    case expired
    /// Of other bytes, or by another key than it says.
    case badSignature = "bad_signature"
    /// By a token that nobody touched.
    case noUserPresence = "no_user_presence"
    /// By a key whose line names no single principal, so that nobody can be counted.
    case noSinglePrincipal = "no_single_principal"
    /// By a key whose signature counts already.
    case sameKey = "same_key"
    /// By another key of a principal who counts already.
    case samePrincipal = "same_principal"
}
