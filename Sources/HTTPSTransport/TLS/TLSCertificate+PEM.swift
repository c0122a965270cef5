// Certificates as text (RFC 7468).

import COpenSSL
import SystemCrypto

/// The certificate of this place in a PEM text cannot be read.
struct MalformedCertificate: Error {
    /// From 1.
    var position: Int
    var reason: String
}

extension TLSCertificate {
    /// Every certificate of a PEM text, in order; blocks of other kinds and text around them are passed over.
    static func certificates(pem: [UInt8]) throws(MalformedCertificate) -> [TLSCertificate] {
        var certificates: [TLSCertificate] = []
        MemoryBIO.read(pem) { source in
            while let next = PEM_read_bio_X509(source, nil, nil, nil) {
                certificates.append(TLSCertificate(owning: next))
            }
        }
        guard let entry = OpenSSLErrorQueue.take() else { return certificates }
        guard entry.library == ERR_LIB_PEM, entry.reason == PEM_R_NO_START_LINE else {
            throw MalformedCertificate(position: certificates.count + 1, reason: entry.text)
        }
        return certificates
    }

    var pem: String { MemoryBIO.collect { PEM_write_bio_X509($0, pointer) } }
}
