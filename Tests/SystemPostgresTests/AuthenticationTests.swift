// Who may connect, and whom we trust.

import Foundation
import SystemCrypto
import SystemPostgres
import TestSupport
import Testing

@Suite struct AuthenticationTests {
    let place: Place
    let user: String
    let password = UUID().uuidString

    init() async throws {
        place = try await Place()
        user = "u" + place.database
        try await place.server.psql("CREATE ROLE \(user) LOGIN PASSWORD '\(password)'")
    }

    private func open(_ parameters: String, host: String = "127.0.0.1", password: String? = nil) throws
        -> PostgresConnection
    {
        let url = place.server.networkURL(place.database, user: user, host: host, parameters)
        var options = PostgresOptions()
        options.password = try PostgresPassword(password ?? self.password)
        return try PostgresConnection.open(try PostgresTarget(url: url), options)
    }

    private let usesTLS = "SELECT ssl::int FROM pg_stat_ssl WHERE pid = pg_backend_pid()"

    @Test func theRightPasswordOpens() throws {
        #expect(try open("sslmode=disable").value(usesTLS) == .integer(0))
        #expect(try open("").value(usesTLS) == .integer(1))
    }

    @Test func aWrongPasswordIsToldAndNotRepeated() throws {
        let wrong = UUID().uuidString
        let error = failure { try open("", password: wrong) }
        #expect(error?.code == .authenticationFailed)
        #expect(error?.sqlState == "28P01")
        #expect(error?.description.contains(wrong) == false)
    }

    @Test func aMissingPasswordIsAskedFor() throws {
        let url = place.server.networkURL(place.database, user: user)
        let error = failure { try PostgresConnection.open(try PostgresTarget(url: url)) }
        #expect(error?.code == .authenticationFailed)
        #expect(error?.message.contains("password_file") == true)
    }

    @Test(arguments: ["127.0.0.1", "localhost"])
    func theServersCertificateIsVerified(_ host: String) throws {
        let connection = try open("sslmode=verify-full&sslrootcert=\(place.server.authorityFile)", host: host)
        #expect(try connection.value(usesTLS) == .integer(1))
    }

    @Test func aNameThatIsNotInTheCertificateIsRefused() throws {
        let parameters = "sslmode=verify-full&sslrootcert=\(place.server.authorityFile)"
        let error = failure { try open(parameters, host: "127.0.0.2") }
        #expect(error?.code == .connectionFailed)
    }

    @Test(arguments: ["verify-full", "verify-ca"])
    func anotherAuthorityIsRefused(_ mode: String) throws {
        let directory = try TemporaryDirectory()
        let other = try DevelopmentCertificateAuthority(commonName: "Other")
        let file = try directory.write("ca.pem", other.certificatePEM)
        let error = failure { try open("sslmode=\(mode)&sslrootcert=\(file)", host: "localhost") }
        #expect(error?.code == .connectionFailed)
        #expect(error?.message.contains("certificate") == true)
        #expect(failure { try open("sslmode=\(mode)&sslrootcert=\(file).missing") }?.code == .connectionFailed)
    }

    @Test func nobodyListening() throws {
        let target = try PostgresTarget(url: "postgresql://\(user)@127.0.0.1:1/ledger")
        let error = failure { try PostgresConnection.open(target) }
        #expect(error?.code == .connectionFailed)
        #expect(error?.message.contains("127.0.0.1:1/ledger") == true)
    }
}
