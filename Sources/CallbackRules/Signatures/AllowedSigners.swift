// Who may sign: the allowed-signers file of ssh-keygen(1), read so that nobody can count twice.

/// The lines of an allowed-signers file, or named keys from elsewhere.
///
/// One principal may have several keys, and counts once. A key stands once: on a second line it would speak for two
/// principals, and its holder count as two, so that is an error, whatever the lines' options. So are two principals whose
/// names differ in case or spaces only. Stricter than ssh-keygen, which skips lines that it does not understand: here every
/// line must be right. Certificates (`cert-authority`) are not supported.
package struct AllowedSigners: Sendable {
    package let entries: [AllowedSigner]
    private let byKey: [OpenSSHPublicKey: AllowedSigner]

    /// Reads a file.
    package init(file: [UInt8]) throws(SignatureError) {
        try self.init(entries: AllowedSignersReader.read(file))
    }

    /// Takes keys by the names of their holders, valid for every namespace and at every time.
    package init(keys: [(principal: String, key: OpenSSHPublicKey)]) throws(SignatureError) {
        var entries: [AllowedSigner] = []
        for (principal, key) in keys {
            guard let list = PatternList(principal.utf8), list.singleName != nil else {
                throw SignatureError(
                    .ambiguousPrincipal, "The holder of the key \(key.fingerprint) is not one plain name")
            }
            entries.append(
                AllowedSigner(
                    principals: list, key: key, namespaces: nil, validAfter: nil, validBefore: nil, line: 0))
        }
        try self.init(entries: entries)
    }

    private init(entries: [AllowedSigner]) throws(SignatureError) {
        // By what the private key is, not by blob: a key does not become two by another type or FIDO2 application.
        var holders: [[UInt8]: AllowedSigner] = [:]
        var spellings: [String: String] = [:]
        for entry in entries {
            if let other = holders.updateValue(entry, forKey: entry.key.material.bytes) {
                throw SignatureError(
                    .repeatedKey,
                    "The key \(entry.key.fingerprint) of \(entry.principals.text) stands already"
                        + (other.line > 0 ? " on line \(other.line)" : "")
                        + ", for \(other.principals.text); a key stands "
                        + "once, so that nobody counts twice", line: entry.line)
            }
            guard let principal = entry.principal else { continue }
            let folded = principal.lowercased().filter { $0 != " " }
            if let other = spellings.updateValue(principal, forKey: folded), other != principal {
                throw SignatureError(
                    .ambiguousPrincipal,
                    "\(principal) and \(other) differ in case or spaces only; write one name for one person",
                    line: entry.line)
            }
        }
        self.entries = entries
        byKey = Dictionary(entries.map { ($0.key, $0) }) { first, _ in first }
    }

    /// The principals who can be counted: the most that signatures can add up to.
    package var principals: Set<String> { Set(entries.compactMap(\.principal)) }

    /// The line that lists a key.
    package func entry(of key: OpenSSHPublicKey) -> AllowedSigner? { byKey[key] }

    /// The principals that a key speaks for in a namespace, as listed; empty where its signature does not count. What
    /// `ssh-keygen -Y find-principals` prints.
    package func signers(of key: OpenSSHPublicKey, namespace: String, at instant: RulesInstant) -> [String] {
        guard let entry = byKey[key], entry.objection(namespace: namespace, at: instant) == nil else { return [] }
        return [entry.principals.text]
    }

    /// Whether a key speaks for a principal, patterns considered: the question of `ssh-keygen -Y verify -I`.
    package func allows(
        _ key: OpenSSHPublicKey, principal: String, namespace: String, at instant: RulesInstant
    ) -> Bool {
        guard let entry = byKey[key], entry.principals.matches(principal) else { return false }
        return entry.objection(namespace: namespace, at: instant) == nil
    }
}
