// The pin of a public key, as curl and the co-signers write it: sha256// and base64 of the SHA-256 of the DER
// SubjectPublicKeyInfo (RFC 7469 section 2.4 defines the digest).

import COpenSSL
import SystemCrypto

/// SHA-256 of a SubjectPublicKeyInfo. A certificate that is renewed with the same key keeps its pin.
package struct SubjectPublicKeyPin: Sendable, Hashable, CustomStringConvertible {
    /// 32 bytes.
    package let digest: [UInt8]

    /// Hashes the DER SubjectPublicKeyInfo.
    package init(hashing subjectPublicKeyInfo: [UInt8]) {
        self.digest = SHA256Digest.hash(subjectPublicKeyInfo)
    }

    /// Takes a digest of 32 bytes; `nil` for any other length.
    package init?(digest: [UInt8]) {
        guard digest.count == 32 else { return nil }
        self.digest = digest
    }

    /// The pin of the first certificate of a PEM text. Fails with `tls_certificate_file_malformed`.
    package static func compute(certificatePEM: [UInt8]) throws(TransportError) -> SubjectPublicKeyPin {
        do throws(MalformedCertificate) {
            guard let leaf = try TLSCertificate.certificates(pem: certificatePEM).first else {
                throw MalformedCertificate(position: 1, reason: "there is no BEGIN CERTIFICATE block")
            }
            return leaf.pin
        } catch {
            throw TransportError(.certificateFileMalformed, "No certificate to pin could be read: \(error.reason)")
        }
    }

    /// `sha256//` and base64.
    package var description: String {
        var text = [UInt8](repeating: 0, count: 45)
        EVP_EncodeBlock(&text, digest, Int32(digest.count))
        return "sha256//" + String(decoding: text.dropLast(), as: UTF8.self)
    }
}
