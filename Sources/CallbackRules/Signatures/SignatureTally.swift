// N of M: whose signatures of one document count.

/// A signature file as found.
package struct SignatureFile: Sendable {
    /// The file's name, for what is reported about it.
    package var name: String
    package var bytes: [UInt8]

    package init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }
}

/// Whose signatures count, each principal and each key once, and why the other files do not.
package struct SignatureTally: Sendable {
    package struct Counted: Sendable {
        /// The signature file's name.
        package let file: String
        package let principal: String
        package let signature: VerifiedSignature
    }

    package struct Refused: Sendable {
        /// The signature file's name.
        package let file: String
        package let objection: SignatureObjection
        package let message: String
    }

    /// In the order of the files.
    package fileprivate(set) var counted: [Counted] = []
    package fileprivate(set) var refused: [Refused] = []

    package var principals: Set<String> { Set(counted.map(\.principal)) }
}

extension AllowedSigners {
    /// Counts the principals who signed exactly these bytes. Of two files that count for one principal, the first does.
    package func tally(
        of document: [UInt8], signatures: [SignatureFile], namespace: String, at instant: RulesInstant
    ) -> SignatureTally {
        var tally = SignatureTally()
        for file in signatures {
            do throws(Refusal) {
                tally.counted.append(
                    try count(file, of: document, namespace: namespace, at: instant, beside: tally.counted))
            } catch {
                tally.refused.append(
                    SignatureTally.Refused(file: file.name, objection: error.objection, message: error.message))
            }
        }
        return tally
    }

    private func count(
        _ file: SignatureFile, of document: [UInt8], namespace: String, at instant: RulesInstant,
        beside counted: [SignatureTally.Counted]
    ) throws(Refusal) -> SignatureTally.Counted {
        let signature = try Refusal.of { () throws(SignatureError) in try OpenSSHSignature(armored: file.bytes) }
        guard signature.namespace == namespace else {
            throw Refusal(.wrongNamespace, "Signed for the namespace \(signature.namespace), not \(namespace)")
        }
        let key = signature.publicKey
        guard let entry = entry(of: key) else {
            throw Refusal(.unknownKey, "The key \(key.fingerprint) is not listed")
        }
        if let objection = entry.objection(namespace: namespace, at: instant) {
            throw Refusal(
                objection, "The key \(key.fingerprint) of \(entry.principals.text) \(words(objection, namespace))")
        }
        let verified = try Refusal.of { () throws(SignatureError) in
            try signature.verify(message: document, namespace: namespace)
        }
        guard let principal = entry.principal else {
            throw Refusal(
                .noSinglePrincipal,
                "The key \(key.fingerprint) is listed for \(entry.principals.text); to be counted it must name one principal"
            )
        }
        guard !counted.contains(where: { $0.signature.key == key }) else {
            throw Refusal(.sameKey, "The key \(key.fingerprint) of \(principal) counts already")
        }
        guard !counted.contains(where: { $0.principal == principal }) else {
            throw Refusal(.samePrincipal, "\(principal) counts already, by another key")
        }
        return SignatureTally.Counted(file: file.name, principal: principal, signature: verified)
    }
}

private func words(_ objection: SignatureObjection, _ namespace: String) -> String {
    switch objection {
    case .namespaceNotAllowed: "is not listed for the namespace \(namespace)"
    case .notYetValid: "does not count before its valid-after"
    case .expired: "does not count after its valid-before"
    default: "does not count"
    }
}

private struct Refusal: Error {
    let objection: SignatureObjection
    let message: String

    init(_ objection: SignatureObjection, _ message: String) {
        self.objection = objection
        self.message = message
    }

    static func of<Value>(_ body: () throws(SignatureError) -> Value) throws(Refusal) -> Value {
        do {
            return try body()
        } catch {
            switch error.code {
            case .wrongNamespace: throw Refusal(.wrongNamespace, error.message)
            case .invalidSignature: throw Refusal(.badSignature, error.message)
            case .noUserPresence: throw Refusal(.noUserPresence, error.message)
            default: throw Refusal(.unreadable, error.message)
            }
        }
    }
}
