import Foundation
import HTTPSTransport
import SystemCrypto
import TestSupport
import Testing

/// Certificate and key problems at start, each explained.
@Suite struct TLSServerContextTests {
    private func load(_ chain: String, _ key: String, now time: Int64 = now) throws -> TLSServerContext {
        try TLSServerContext(
            certificateChainFile: chain, privateKeyFile: key, applicationProtocols: ["http/1.1"], now: time)
    }

    private func expectFailure(
        _ code: TransportError.Code, saying words: String, _ chain: String, _ key: String, now time: Int64 = now,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let failure = #expect(throws: TransportError.self, sourceLocation: sourceLocation) {
            try load(chain, key, now: time)
        }
        #expect(failure?.code == code, sourceLocation: sourceLocation)
        #expect(
            failure?.message.contains(words) == true, "\(String(describing: failure))", sourceLocation: sourceLocation)
    }

    @Test func aGoodPairLoadsAndIsDescribed() async throws {
        let fixture = try TLSFixture()
        let context = try fixture.server()
        #expect(context.warnings.isEmpty)
        #expect(context.subjectNames == ["DNS:localhost", "IP:127.0.0.1"])
        #expect(abs(context.notAfter - now - 365 * 86_400) < 120)
        let digest = try await run("openssl", ["x509", "-in", fixture.chainFile, "-noout", "-fingerprint", "-sha256"])
        let hexadecimal = digest.text.split(separator: "=").last?.filter { $0.isHexDigit }.lowercased() ?? ""
        #expect(context.certificateFingerprint == "sha256:" + hexadecimal)
        let pin = try await run(
            "sh",
            [
                "-c",
                "openssl x509 -in \(fixture.chainFile) -pubkey -noout | openssl pkey -pubin -outform der "
                    + "| openssl dgst -sha256 -binary | base64",
            ])
        #expect(context.spkiPin == "sha256//" + pin.text.trimmingCharacters(in: .whitespacesAndNewlines))
        #expect(try fixture.pin.description == context.spkiPin)
    }

    @Test func unreadableFilesAreNamed() throws {
        let fixture = try TLSFixture()
        let missing = fixture.directory.file("missing.pem").path
        expectFailure(.certificateFileUnreadable, saying: "no such file", missing, fixture.keyFile)
        expectFailure(.keyFileUnreadable, saying: missing, fixture.chainFile, missing)
        let folder = fixture.directory.url.path
        expectFailure(.certificateFileUnreadable, saying: "not a regular file", folder, fixture.keyFile)
    }

    @Test func filesWithTheWrongContentAreNamed() throws {
        let fixture = try TLSFixture()
        let empty = try fixture.directory.write("empty", "")
        expectFailure(.certificateFileMalformed, saying: "no certificate", empty, fixture.keyFile)
        expectFailure(.certificateFileMalformed, saying: "only a private key", fixture.keyFile, fixture.keyFile)
        expectFailure(.keyFileMalformed, saying: "PRIVATE KEY", fixture.chainFile, empty)
        let certificate = try fixture.directory.write("certificate.key", fixture.identity.certificatePEM)
        expectFailure(.keyFileMalformed, saying: "holds a certificate", fixture.chainFile, certificate)
        let damaged = try fixture.directory.write(
            "damaged.pem",
            fixture.identity.certificatePEM + "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n")
        expectFailure(.certificateFileMalformed, saying: "Certificate 2", damaged, fixture.keyFile)
    }

    @Test("keys that others can use are refused", arguments: [0o640, 0o604, 0o644, 0o660, 0o602])
    func permissions(mode: Int) throws {
        let fixture = try TLSFixture()
        let key = try fixture.directory.write("open.key", fixture.identity.privateKeyPEM, mode: mode)
        expectFailure(.keyFilePermissions, saying: "chmod 600 \(key)", fixture.chainFile, key)
    }

    @Test func anEncryptedKeyIsExplained() async throws {
        let fixture = try TLSFixture()
        let encrypted = try await run(
            "openssl", ["pkey", "-in", fixture.keyFile, "-aes256", "-passout", "pass:secret"])
        let key = try fixture.directory.write("encrypted.key", encrypted.text)
        expectFailure(.keyFileEncrypted, saying: "openssl pkey", fixture.chainFile, key)
    }

    @Test func aKeyOfAnotherCertificateIsRefused() throws {
        let fixture = try TLSFixture()
        let other = try TLSFixture()
        expectFailure(.keyMismatch, saying: "does not belong", fixture.chainFile, other.keyFile)
    }

    /// libcrypto reads them where they lie: what is larger than a small block of memory must stay there meanwhile.
    @Test(arguments: ["rsa:2048", "rsa:4096"])
    func keysAndChainsOfAnySizeAreRead(kind: String) async throws {
        let directory = try TemporaryDirectory()
        let (chain, key) = (directory.file("c.pem").path, directory.file("c.key").path)
        let made = try await run(
            "openssl",
            [
                "req", "-x509", "-newkey", kind, "-nodes", "-keyout", key, "-out", chain, "-subj", "/CN=localhost",
                "-addext", "subjectAltName=DNS:localhost", "-days", "90",
            ])
        #expect(made.status == 0)
        for file in [chain, key] {
            let text = try String(contentsOfFile: file, encoding: .utf8)
            try (String(repeating: "# a comment of the operator\n", count: 200) + text)
                .write(toFile: file, atomically: false, encoding: .utf8)
        }
        #expect(try load(chain, key).subjectNames == ["DNS:localhost"])
    }

    @Test func validityIsJudgedByTheGivenClock() throws {
        let fixture = try TLSFixture()
        let (chain, key) = (fixture.chainFile, fixture.keyFile)
        expectFailure(.ownCertificateExpired, saying: "renew", chain, key, now: now + 366 * 86_400)
        expectFailure(.ownCertificateNotYetValid, saying: "valid only from", chain, key, now: now - 3600)
        let warnings = try load(chain, key, now: now + 340 * 86_400).warnings
        #expect(warnings.count == 1 && warnings[0].contains("expires in"))
    }

    @Test func doubtfulCertificatesAreLoadedWithWarnings() async throws {
        let fixture = try TLSFixture(.init(commonName: "nameless", alternativeNames: []))
        let context = try fixture.server()
        #expect(context.warnings.count == 1 && context.warnings[0].contains("no subject alternative name"))
        #expect(context.subjectNames == ["/CN=nameless"])
        // What `openssl req -x509` makes by default: an authority that shows itself.
        let key = fixture.directory.file("req.key").path
        let chain = fixture.directory.file("req.pem").path
        let made = try await run(
            "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key,
                "-out",
                chain, "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "90",
            ])
        #expect(made.status == 0)
        let warnings = try load(chain, key).warnings
        #expect(warnings.count == 1 && warnings[0].contains("CA:TRUE"))
    }

    @Test(
        "certificates whose usage forbids serving are refused",
        arguments: ["keyUsage=critical,keyCertSign", "extendedKeyUsage=clientAuth"])
    func unsuitable(usage: String) async throws {
        let directory = try TemporaryDirectory()
        let (chain, key) = (directory.file("c.pem").path, directory.file("c.key").path)
        let made = try await run(
            "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key,
                "-out",
                chain, "-subj", "/CN=localhost", "-addext", usage,
            ])
        #expect(made.status == 0)
        expectFailure(.ownCertificateUnsuitable, saying: "key usage", chain, key)
    }

    @Test func aKeyTooWeakForTheHostsPolicyIsRefused() async throws {
        let directory = try TemporaryDirectory()
        let (chain, key) = (directory.file("c.pem").path, directory.file("c.key").path)
        _ = try await run(
            "openssl",
            ["req", "-x509", "-newkey", "rsa:1024", "-nodes", "-keyout", key, "-out", chain, "-subj", "/CN=a"])
        expectFailure(.ownCertificateUnsuitable, saying: "key too small", chain, key)
    }

    @Test func chainsAreCheckedLinkByLink() async throws {
        let chain = try await ThreeLevels()
        let other = try TLSFixture()
        let good = try chain.file("good", [chain.leaf, chain.intermediate])
        #expect(try load(good, chain.key).warnings.isEmpty)
        let swapped = try chain.file("swapped", [chain.intermediate, chain.leaf])
        expectFailure(.chainOutOfOrder, saying: "belongs to certificate 2", swapped, chain.key)
        let shuffled = try chain.file("shuffled", [chain.leaf, chain.root, chain.intermediate])
        expectFailure(.chainOutOfOrder, saying: "issued by certificate 3", shuffled, chain.key)
        let foreign = try chain.file("foreign", [chain.leaf, other.authority.certificatePEM])
        expectFailure(.chainBroken, saying: "does not link", foreign, chain.key)
    }

    @Test("where a chain may end", arguments: ["root", "intermediate", "leaf"])
    func chainEnds(trusted: String) async throws {
        let chain = try await ThreeLevels()
        let text = ["root": chain.root, "intermediate": chain.intermediate, "leaf": chain.leaf][trusted] ?? ""
        let fixture = try TLSFixture()
        let server = try load(try chain.file("good", [chain.leaf, chain.intermediate]), chain.key)
        let client = try TLSClientContext(verification: .onlyRoots([Array(text.utf8)]), applicationProtocols: [])
        let pair = try TLSPair(fixture, client: client, server: server)
        try pair.connect()
        try pair.carry()
        #expect(pair.client.recorder.errors.isEmpty)
        #expect(pair.client.recorder.handshake != nil)
    }
}
