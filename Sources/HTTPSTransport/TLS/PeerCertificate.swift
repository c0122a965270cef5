// What a client says about a server's certificate: why it is refused, or what was noted beside a matching pin.

import COpenSSL

struct PeerCertificate {
    private let certificate: TLSCertificate
    private let host: ServerName

    init(_ certificate: TLSCertificate, _ host: ServerName) {
        self.certificate = certificate
        self.host = host
    }

    private var names: String {
        let names = certificate.alternativeNames
        return names.isEmpty ? "no name at all (no subject alternative name)" : names.joined(separator: ", ")
    }

    /// The verdict of X509_verify_cert in words.
    func refusal(by store: OpaquePointer) -> TransportError {
        let verdict = X509_STORE_CTX_get_error(store)
        let culprit = X509_STORE_CTX_get_current_cert(store).map { TLSCertificate(sharing: $0) } ?? certificate
        let whose =
            X509_STORE_CTX_get_error_depth(store) == 0
            ? "The certificate of \(host.text)" : "The authority \(culprit.subject) in the chain of \(host.text)"
        switch verdict {
        case X509_V_ERR_CERT_HAS_EXPIRED:
            return TransportError(
                .certificateExpired,
                "\(whose) expired on \(dateText(culprit.notAfter)); it must be renewed on the server")
        case X509_V_ERR_CERT_NOT_YET_VALID:
            return TransportError(
                .certificateNotYetValid,
                "\(whose) is valid only from \(dateText(culprit.notBefore)), and the clock here says "
                    + "\(dateText(currentSeconds())); set the clock, or wait")
        case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH:
            return TransportError(
                .certificateNameMismatch,
                "The certificate of the server is for \(names), not for \(host.text); use one of these names in the "
                    + "URL, or issue a certificate with this one")
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
            X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT,
            X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
            let selfSigned = certificate.isSelfIssued ? "is self-signed" : "was issued by \(certificate.issuer)"
            return TransportError(
                .certificateUnknownAuthority,
                "The certificate of \(host.text) \(selfSigned), and no trusted root vouches for it; give its root "
                    + "certificate, pin its key, or let the server send its intermediate certificates")
        default:
            let reason = X509_verify_cert_error_string(Int(verdict)).map { String(cString: $0) } ?? "error \(verdict)"
            return TransportError(.certificateRejected, "\(whose) (\(culprit.subject)) is refused: \(reason)")
        }
    }

    func refusal(insteadOf pin: SubjectPublicKeyPin) -> TransportError {
        TransportError(
            .pinMismatch,
            "The public key of \(host.text) does not match the pinned public key: pinned is \(pin), the server shows "
                + "\(certificate.pin) (\(certificate.subject)); if the server's key was changed on purpose, pin the "
                + "new one"
        )
    }

    /// What full verification would have refused beside the pin, for the log.
    func observations(now: Int64) -> [String] {
        var notes: [String] = []
        if certificate.notAfter < now {
            notes.append("The pinned certificate of \(host.text) expired on \(dateText(certificate.notAfter))")
        }
        if certificate.notBefore > now {
            notes.append("The pinned certificate of \(host.text) is valid only from \(dateText(certificate.notBefore))")
        }
        if !certificate.isNamed(host) {
            notes.append("The pinned certificate is for \(names), not for \(host.text)")
        }
        return notes
    }
}
