// One X.509 certificate (RFC 5280): what issuing development certificates needs.

import COpenSSL

/// Owns an `X509`, freed in `deinit`.
///
/// Sendable although it holds a pointer: the certificate is signed before it is stored and never changed afterwards;
/// concurrent reads of an `X509` are allowed (openssl-threads(7)).
final class X509Certificate: @unchecked Sendable {
    private let pointer: OpaquePointer

    private init(owning pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit {
        X509_free(pointer)
    }

    var pem: String {
        MemoryBIO.collect { PEM_write_bio_X509($0, pointer) }
    }

    /// Makes and signs a version 3 certificate. Without an issuer it is self-signed, and an authority unless told.
    static func issue(
        _ request: DevelopmentCertificateAuthority.Request, subjectKey: EVPKey, issuer: X509Certificate?,
        issuerKey: EVPKey, authority: Bool = true
    ) throws(CryptoError) -> X509Certificate {
        guard let pointer = X509_new() else { throw .library(.operationFailed, "No memory for a certificate") }
        let certificate = X509Certificate(owning: pointer)
        let isAuthority = issuer == nil && authority
        var serial = try SecureRandom.bytes(16)
        serial[0] &= 0x7f
        let number = BN_bin2bn(serial, Int32(serial.count), nil)
        defer { BN_free(number) }
        guard X509_set_version(pointer, 2) == 1,
            BN_to_ASN1_INTEGER(number, X509_get_serialNumber(pointer)) != nil,
            X509_gmtime_adj(X509_getm_notBefore(pointer), request.notBefore) != nil,
            X509_gmtime_adj(X509_getm_notAfter(pointer), request.notAfter) != nil,
            X509_set_pubkey(pointer, subjectKey.pointer) == 1,
            let subject = X509_get_subject_name(pointer),
            X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_FLAG, request.commonName, -1, -1, 0) == 1,
            X509_set_issuer_name(pointer, issuer.map { X509_get_subject_name($0.pointer) } ?? subject) == 1
        else { throw .library(.operationFailed, "The certificate could not be filled in") }
        let issuerPointer = issuer?.pointer ?? pointer
        try certificate.add(
            NID_basic_constraints, isAuthority ? "critical,CA:TRUE,pathlen:0" : "critical,CA:FALSE", issuerPointer)
        try certificate.add(
            NID_key_usage, isAuthority ? "critical,keyCertSign,cRLSign" : "critical,digitalSignature", issuerPointer)
        try certificate.add(NID_subject_key_identifier, "hash", issuerPointer)
        if issuer != nil { try certificate.add(NID_authority_key_identifier, "keyid", issuerPointer) }
        if !isAuthority { try certificate.add(NID_ext_key_usage, "serverAuth", issuerPointer) }
        if !request.alternativeNames.isEmpty {
            try certificate.add(NID_subject_alt_name, request.alternativeNames.joined(separator: ","), issuerPointer)
        }
        guard X509_sign(pointer, issuerKey.pointer, EVP_sha256()) > 0 else {
            throw .library(.operationFailed, "The certificate could not be signed")
        }
        return certificate
    }

    private func add(_ identifier: Int32, _ value: String, _ issuer: OpaquePointer) throws(CryptoError) {
        var context = X509V3_CTX()
        X509V3_set_ctx(&context, issuer, pointer, nil, nil, 0)
        guard let ext = X509V3_EXT_conf_nid(nil, &context, identifier, value) else {
            throw .library(.operationFailed, "The certificate extension \(value) could not be made")
        }
        defer { X509_EXTENSION_free(ext) }
        guard X509_add_ext(pointer, ext, -1) == 1 else {
            throw .library(.operationFailed, "The certificate extension \(value) could not be added")
        }
    }
}
