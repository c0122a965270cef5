// Certificates for a laptop: a small P-256 certificate authority and server certificates of it.
// Production certificates come from the operator's own authority.

import COpenSSL

/// A certificate authority that lives for one directory: `init`, the demo and the tests make one.
package final class DevelopmentCertificateAuthority: Sendable {
    /// A certificate with its key, both PEM.
    package struct Identity: Sendable {
        package let certificatePEM: String
        package let privateKeyPEM: String
    }

    /// What a certificate says; everything that tests want to get wrong can be chosen.
    package struct Request: Sendable {
        package var commonName: String
        /// Subject alternative names as OpenSSL writes them: `DNS:localhost`, `IP:127.0.0.1`.
        package var alternativeNames: [String]
        /// Validity in seconds relative to now.
        package var notBefore = -300
        package var notAfter = 365 * 86_400

        package init(
            commonName: String, alternativeNames: [String], notBefore: Int = -300, notAfter: Int = 365 * 86_400
        ) {
            self.commonName = commonName
            self.alternativeNames = alternativeNames
            self.notBefore = notBefore
            self.notAfter = notAfter
        }

        package static let localhost = Request(
            commonName: "localhost", alternativeNames: ["DNS:localhost", "IP:127.0.0.1"])
    }

    private let key: EVPKey
    private let certificate: X509Certificate
    package var certificatePEM: String { certificate.pem }

    package init(commonName: String = "Countersign development CA") throws(CryptoError) {
        let key = try newKey()
        let request = Request(commonName: commonName, alternativeNames: [], notAfter: 3650 * 86_400)
        self.key = key
        self.certificate = try X509Certificate.issue(request, subjectKey: key, issuer: nil, issuerKey: key)
    }

    /// A server certificate of this authority with a fresh P-256 key.
    package func issue(_ request: Request = .localhost) throws(CryptoError) -> Identity {
        let subject = try newKey()
        let issued = try X509Certificate.issue(request, subjectKey: subject, issuer: certificate, issuerKey: key)
        return Identity(certificatePEM: issued.pem, privateKeyPEM: subject.privatePEM())
    }

    /// A certificate that signs itself and is no authority: what certificate pinning is used with.
    package static func selfSigned(_ request: Request = .localhost) throws(CryptoError) -> Identity {
        let key = try newKey()
        let issued = try X509Certificate.issue(request, subjectKey: key, issuer: nil, issuerKey: key, authority: false)
        return Identity(certificatePEM: issued.pem, privateKeyPEM: key.privatePEM())
    }
}

private func newKey() throws(CryptoError) -> EVPKey {
    guard let pointer = cs_EVP_EC_gen("P-256") else {
        throw .library(.operationFailed, "No P-256 key could be generated")
    }
    return EVPKey(owning: pointer)
}
