import HTTPSTransport
import NIOCore
import NIOEmbedded
import SystemCrypto
import Testing

@Suite struct TLSVerificationTests {
    /// Handshakes once and returns what the client found.
    private func judge(
        _ fixture: TLSFixture, _ verification: TLSVerification, name: String = "localhost"
    ) throws -> (client: Recorder, server: Recorder, observations: [String]) {
        let context = try TLSClientContext(verification: verification, applicationProtocols: [])
        let pair = try TLSPair(fixture, client: context, serverName: name)
        try pair.connect()
        try pair.carry()
        let handler = try? pair.client.channel.pipeline.syncOperations.handler(type: TLSHandler.self)
        return (pair.client.recorder, pair.server.recorder, handler?.observations ?? [])
    }

    @Test(
        "names and addresses in the certificate are accepted",
        arguments: ["localhost", "LOCALHOST", "localhost.", "127.0.0.1"])
    func goodNames(name: String) throws {
        let fixture = try TLSFixture()
        let outcome = try judge(fixture, .onlyRoots([fixture.root]), name: name)
        #expect(outcome.client.errors.isEmpty)
        #expect(outcome.client.handshake != nil)
    }

    @Test("other names and addresses are refused", arguments: ["example.com", "127.0.0.2", "sub.localhost", "::1"])
    func wrongNames(name: String) throws {
        let fixture = try TLSFixture()
        let outcome = try judge(fixture, .onlyRoots([fixture.root]), name: name)
        #expect(outcome.client.codes == ["tls_certificate_name_mismatch"])
        #expect("\(outcome.client.errors)".contains("DNS:localhost, IP:127.0.0.1"))
        #expect(outcome.client.handshake == nil)
        #expect(outcome.server.codes == ["tls_handshake_failed"], "the alert tells the server")
    }

    @Test func theCommonNameIsNoName() throws {
        let fixture = try TLSFixture(.init(commonName: "localhost", alternativeNames: []))
        let outcome = try judge(fixture, .onlyRoots([fixture.root]))
        #expect(outcome.client.codes == ["tls_certificate_name_mismatch"])
    }

    @Test func anEmptyNameIsNotVerifiedAgainstNothing() throws {
        let fixture = try TLSFixture()
        let outcome = try judge(fixture, .onlyRoots([fixture.root]), name: "")
        #expect(outcome.client.codes == ["tls_handshake_failed"])
        #expect(outcome.client.handshake == nil)
    }

    @Test func anUnknownAuthorityIsRefused() throws {
        let other = Array(try DevelopmentCertificateAuthority(commonName: "Other").certificatePEM.utf8)
        let fixture = try TLSFixture()
        for verification in [TLSVerification.onlyRoots([other]), .systemTrust(extraRoots: [])] {
            let outcome = try judge(fixture, verification)
            #expect(outcome.client.codes == ["tls_certificate_unknown_authority"])
            #expect("\(outcome.client.errors)".contains("Countersign development CA"))
        }
    }

    @Test func anExtraRootIsTrustedBesideTheSystem() throws {
        let fixture = try TLSFixture()
        let outcome = try judge(fixture, .systemTrust(extraRoots: [fixture.root]))
        #expect(outcome.client.handshake != nil)
    }

    @Test func aSelfSignedCertificateIsTrustedOnlyAsItsOwnRoot() throws {
        let fixture = try TLSFixture(selfSigned: true)
        #expect(try judge(fixture, .onlyRoots([fixture.root])).client.codes == ["tls_certificate_unknown_authority"])
        let own = Array(fixture.identity.certificatePEM.utf8)
        #expect(try judge(fixture, .onlyRoots([own])).client.handshake != nil)
    }

    @Test func theRightPinIsEnough() throws {
        let fixture = try TLSFixture(selfSigned: true)
        let outcome = try judge(fixture, .pinnedPublicKey(sha256: fixture.pin.digest))
        #expect(outcome.client.handshake != nil)
        #expect(outcome.observations.isEmpty)
    }

    @Test func aWrongPinIsRefusedAlthoughEverythingElseIsRight() throws {
        let fixture = try TLSFixture()
        let other = try TLSFixture()
        let outcome = try judge(fixture, .pinnedPublicKey(sha256: other.pin.digest))
        #expect(outcome.client.codes == ["tls_pin_mismatch"])
        #expect("\(outcome.client.errors)".contains("\(try fixture.pin)"))
        #expect("\(outcome.client.errors)".contains("\(try other.pin)"))
        #expect(outcome.client.handshake == nil)
    }

    @Test func aPinnedCertificateForAnotherNameIsObserved() throws {
        let fixture = try TLSFixture(.init(commonName: "x", alternativeNames: ["DNS:example.com"]))
        let outcome = try judge(fixture, .pinnedPublicKey(sha256: fixture.pin.digest))
        #expect(outcome.client.handshake != nil)
        #expect(outcome.observations == ["The pinned certificate is for DNS:example.com, not for localhost"])
    }

    @Test(
        "unusable roots and pins are refused at once",
        arguments: ["", "no PEM", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
    func unusableRoots(text: String) throws {
        let failure = #expect(throws: TransportError.self) {
            try TLSClientContext(verification: .onlyRoots([Array(text.utf8)]), applicationProtocols: [])
        }
        #expect(failure?.code == .trustAnchorsUnusable)
        for verification in [TLSVerification.onlyRoots([]), .pinnedPublicKey(sha256: [1, 2, 3])] {
            let failure = #expect(throws: TransportError.self) {
                try TLSClientContext(verification: verification, applicationProtocols: [])
            }
            #expect(failure?.code == .trustAnchorsUnusable)
        }
    }
}
