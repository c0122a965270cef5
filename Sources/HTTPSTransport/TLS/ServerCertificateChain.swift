// The certificate chain file of a server: what a client receives, the server's own certificate first.

import COpenSSL

struct ServerCertificateChain {
    let path: String
    let leaf: TLSCertificate
    /// Each the issuer of the one before.
    let issuers: [TLSCertificate]

    private var all: [TLSCertificate] { [leaf] + issuers }

    init(file path: String) throws(TransportError) {
        let file = try OperatorFile(path: path, what: "The certificate file", code: .certificateFileUnreadable)
        let certificates: [TLSCertificate]
        do throws(MalformedCertificate) {
            certificates = try TLSCertificate.certificates(pem: file.bytes)
        } catch {
            throw TransportError(
                .certificateFileMalformed,
                "Certificate \(error.position) in \(path) is damaged: \(error.reason); write the file anew")
        }
        guard let leaf = certificates.first else {
            let isKey = String(decoding: file.bytes, as: UTF8.self).contains("PRIVATE KEY-----")
            throw TransportError(
                .certificateFileMalformed,
                "There is no certificate in \(path)\(isKey ? ", only a private key" : ""); it needs PEM blocks "
                    + "CERTIFICATE, the server's own first, then its intermediate authorities")
        }
        self.path = path
        self.leaf = leaf
        self.issuers = Array(certificates.dropFirst())
    }

    /// Everything that would make clients fail.
    func check(key: ServerPrivateKey, now: Int64) throws(TransportError) {
        try checkMatch(key)
        try checkPurpose()
        try checkLinks()
        try checkDates(now)
    }

    private func checkMatch(_ key: ServerPrivateKey) throws(TransportError) {
        defer { OpenSSLErrorQueue.clear() }
        if X509_check_private_key(leaf.pointer, key.pointer) == 1 { return }
        if let place = issuers.firstIndex(where: { X509_check_private_key($0.pointer, key.pointer) == 1 }) {
            throw TransportError(
                .chainOutOfOrder,
                "The key \(key.path) belongs to certificate \(place + 2) of \(path), not to the first; put the "
                    + "server's own certificate first, then its issuers upwards")
        }
        throw TransportError(
            .keyMismatch,
            "The private key \(key.path) does not belong to the certificate in \(path) (\(leaf.subject)); use the "
                + "pair that was made together")
    }

    private func checkPurpose() throws(TransportError) {
        defer { OpenSSLErrorQueue.clear() }
        guard leaf.isUsableByServer else {
            throw TransportError(
                .ownCertificateUnsuitable,
                "The certificate in \(path) (\(leaf.subject)) is \(leaf.isAuthority ? "an authority's" : "not") for "
                    + "servers: its key usage or extended key usage forbids TLS server authentication; issue one with "
                    + "digitalSignature and serverAuth")
        }
    }

    private func checkLinks() throws(TransportError) {
        for (index, (subject, issuer)) in zip(all, issuers).enumerated() where !subject.isIssued(by: issuer) {
            if let real = all.firstIndex(where: { $0 !== subject && subject.isIssued(by: $0) }) {
                throw TransportError(
                    .chainOutOfOrder,
                    "The chain in \(path) is out of order: certificate \(index + 1) (\(subject.subject)) was issued by "
                        + "certificate \(real + 1), which must come right after it")
            }
            throw TransportError(
                .chainBroken,
                "The chain in \(path) does not link: certificate \(index + 1) (\(subject.subject)) was issued by "
                    + "\(subject.issuer), not by certificate \(index + 2) (\(issuer.subject)); remove what does not "
                    + "belong"
            )
        }
    }

    private func checkDates(_ now: Int64) throws(TransportError) {
        for (index, certificate) in all.enumerated() {
            if certificate.notAfter < now {
                throw TransportError(
                    .ownCertificateExpired,
                    "Certificate \(index + 1) in \(path) (\(certificate.subject)) expired on "
                        + "\(dateText(certificate.notAfter)); renew it")
            }
            if certificate.notBefore > now {
                throw TransportError(
                    .ownCertificateNotYetValid,
                    "Certificate \(index + 1) in \(path) (\(certificate.subject)) is valid only from "
                        + "\(dateText(certificate.notBefore)); the clock here says \(dateText(now)); set the clock, "
                        + "or wait"
                )
            }
        }
    }

    func warnings(now: Int64) -> [String] {
        var warnings: [String] = []
        for certificate in all where certificate.notAfter - now < 30 * 86_400 {
            let days = (certificate.notAfter - now) / 86_400
            warnings.append(
                "The certificate \(certificate.subject) in \(path) expires in \(days) days, on "
                    + "\(dateText(certificate.notAfter)); renew it")
        }
        if leaf.alternativeNames.isEmpty {
            warnings.append(
                "The certificate in \(path) has no subject alternative name: clients that check names refuse it; only "
                    + "pinning clients connect")
        }
        if leaf.isAuthority {
            warnings.append(
                "The certificate in \(path) is an authority (CA:TRUE) that a server shows itself: good enough for "
                    + "pinning, but whoever takes its key can issue certificates")
        }
        return warnings
    }

    /// Puts chain and key into the SSL_CTX, where OpenSSL's policy (openssl.cnf, security level) has its say.
    func install(with key: ServerPrivateKey, in context: TLSContextPointer) throws(TransportError) {
        OpenSSLErrorQueue.clear()
        var accepted = SSL_CTX_use_certificate(context.pointer, leaf.pointer) == 1
        for issuer in issuers where accepted {
            accepted = cs_SSL_CTX_add1_chain_cert(context.pointer, issuer.pointer) == 1
        }
        guard accepted, SSL_CTX_use_PrivateKey(context.pointer, key.pointer) == 1 else {
            throw TransportError(
                .ownCertificateUnsuitable,
                "OpenSSL's policy on this host refuses the certificate or key in \(path): "
                    + "\(OpenSSLErrorQueue.takeText()); issue one with a stronger key and SHA-256")
        }
    }
}
