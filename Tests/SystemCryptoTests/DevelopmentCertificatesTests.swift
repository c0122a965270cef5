import Foundation
import SystemCrypto
import TestSupport
import Testing

@Suite struct DevelopmentCertificatesTests {
    @Test func openSSLVerifiesAnIssuedCertificateForItsNames() async throws {
        let authority = try DevelopmentCertificateAuthority()
        let identity = try authority.issue()
        let directory = try TemporaryDirectory()
        let ca = try directory.write("ca.pem", authority.certificatePEM)
        let leaf = try directory.write("leaf.pem", identity.certificatePEM)
        for check in [["-verify_hostname", "localhost"], ["-verify_ip", "127.0.0.1"]] {
            let result = try await run(
                "openssl", ["verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", ca] + check + [leaf])
            #expect(result.status == 0, "\(result.errorText)")
        }
        let wrong = try await run("openssl", ["verify", "-CAfile", ca, "-verify_hostname", "example.org", leaf])
        #expect(wrong.status != 0)
    }

    @Test func digestsAndHexAreThoseOfTheStandard() {
        let digest = SHA256Digest.hash(Array("abc".utf8))
        #expect(
            SHA256Digest.label(digest)
                == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(Hexadecimal.decode(Hexadecimal.encode(digest)) == digest)
        #expect(Hexadecimal.decode("abc") == nil)
        #expect(Hexadecimal.decode("zz") == nil)
    }
}
