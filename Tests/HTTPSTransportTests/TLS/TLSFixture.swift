// Keys, certificates and contexts for the tests of this folder, made anew in each test.

import Foundation
import HTTPSTransport
import SystemCrypto
import TestSupport

/// An authority, a server certificate of it on disk, and the contexts that go with them.
struct TLSFixture {
    let directory: TemporaryDirectory
    let authority: DevelopmentCertificateAuthority
    let identity: DevelopmentCertificateAuthority.Identity
    let chainFile: String
    let keyFile: String
    let rootFile: String

    init(
        _ request: DevelopmentCertificateAuthority.Request = .localhost, selfSigned: Bool = false
    ) throws {
        directory = try TemporaryDirectory()
        authority = try DevelopmentCertificateAuthority()
        identity = selfSigned ? try DevelopmentCertificateAuthority.selfSigned(request) : try authority.issue(request)
        chainFile = try directory.write("server.pem", identity.certificatePEM, mode: 0o644)
        keyFile = try directory.write("server.key", identity.privateKeyPEM)
        rootFile = try directory.write("root.pem", authority.certificatePEM, mode: 0o644)
    }

    var root: [UInt8] { Array(authority.certificatePEM.utf8) }
    var pin: SubjectPublicKeyPin {
        get throws { try .compute(certificatePEM: Array(identity.certificatePEM.utf8)) }
    }

    func server(_ protocols: [String] = ["h2", "http/1.1"]) throws -> TLSServerContext {
        try TLSServerContext(
            certificateChainFile: chainFile, privateKeyFile: keyFile, applicationProtocols: protocols, now: now)
    }

    func client(_ protocols: [String] = ["http/1.1"]) throws -> TLSClientContext {
        try TLSClientContext(verification: .onlyRoots([root]), applicationProtocols: protocols)
    }
}

/// Seconds since 1970.
var now: Int64 { Int64(Date().timeIntervalSince1970) }
