// What a TLS server shows to its clients: a certificate chain and the key of its first certificate.

import COpenSSL

/// A loaded and checked server identity. One serves any number of connections; renewing files means loading a new one.
package final class TLSServerContext: Sendable {
    let context: TLSContextPointer
    /// What does not prevent serving but deserves attention, one sentence each.
    package let warnings: [String]
    /// `sha256:` and hexadecimal digits of the DER certificate.
    package let certificateFingerprint: String
    /// `sha256//` and base64: what a co-signer in certificate mode pins.
    package let spkiPin: String
    /// Subject alternative names (`DNS:…`, `IP:…`), or the subject where there are none.
    package let subjectNames: [String]
    /// End of validity of the server's certificate, in seconds since 1970.
    package let notAfter: Int64

    /// Loads a PEM chain (server certificate first) and an unencrypted PEM key, and explains each problem.
    ///
    /// - Parameters:
    ///   - applicationProtocols: ALPN names, most wanted first; empty for no ALPN.
    ///   - now: seconds since 1970, what validity is judged by.
    /// - Throws: the codes `tls_certificate_file_*`, `tls_key_*`, `tls_own_certificate_*`, `tls_chain_*`,
    ///   `tls_unavailable`.
    package init(
        certificateChainFile: String, privateKeyFile: String, applicationProtocols: [String], now: Int64
    ) throws(TransportError) {
        let chain = try ServerCertificateChain(file: certificateChainFile)
        let key = try ServerPrivateKey(file: privateKeyFile)
        try chain.check(key: key, now: now)
        let context = try TLSContextPointer(.server, applicationProtocols: applicationProtocols)
        try chain.install(with: key, in: context)
        self.context = context
        self.warnings = chain.warnings(now: now)
        self.certificateFingerprint = chain.leaf.fingerprint
        self.spkiPin = chain.leaf.pin.description
        let names = chain.leaf.alternativeNames
        self.subjectNames = names.isEmpty ? [chain.leaf.subject] : names
        self.notAfter = chain.leaf.notAfter
    }
}
