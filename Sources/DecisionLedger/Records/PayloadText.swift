// The authenticated payload as it is stored: text, without secrets.

import CallbackProtocol
import SystemCrypto

/// The stored form of a payload.
struct PayloadText {
    let text: String
    /// SHA-256 of the stored text; equal to the payload's own digest where nothing was replaced.
    let digest: [UInt8]

    /// Salted commitments to what was replaced, as RFC 8785 text, and their salt; `nil` where nothing was.
    private(set) var commitments: String?
    private(set) var salt: [UInt8]?

    /// - Parameter mask: members of the payload's top level that are not stored in clear either.
    init(_ request: AuthenticatedRequest, mask: [String]) {
        guard request.mayHoldSecret || !mask.isEmpty,
            let cleaned = SecretRedaction.redact(
                payload: request.payload, object: Self.parsed(request.content), masking: mask)
        else {
            // A strict text holds no NUL: control characters are escaped there.
            text = String(decoding: request.payload, as: UTF8.self)
            digest = request.payloadDigest
            return
        }
        text = cleaned.text.storable
        digest = SHA256Digest.hash(text.utf8)
        // Without randomness the record goes without commitments: guesses at a value could be confirmed otherwise.
        guard let salt = try? RecordSalt.random(), let object = salt.commitments(to: cleaned.removed) else { return }
        var json = CanonicalJSON()
        json.value(.object(object), sorted: true)
        commitments = json.text.storable
        self.salt = salt.bytes
    }

    /// What the payload was parsed to, to spare a second parse of every transaction. Everything else is read again
    /// from its bytes: it is rare, and secrets are documented there.
    private static func parsed(_ content: AuthenticatedRequest.Content) -> JSONObject? {
        guard case .transaction(let request) = content, !request.members.members.isEmpty else { return nil }
        return request.members
    }
}

extension String {
    /// SQLite ends texts at U+0000, so that two ids could look alike and a secret could follow one. Strict reading lets
    /// the escaped form in.
    var storable: String {
        guard utf8.withContiguousStorageIfAvailable({ $0.contains(0) }) ?? utf8.contains(0) else { return self }
        return String(String.UnicodeScalarView(unicodeScalars.map { $0.value == 0 ? "\u{FFFD}" : $0 }))
    }
}
