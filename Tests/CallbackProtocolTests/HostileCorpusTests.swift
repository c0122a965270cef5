import CallbackProtocol
import Foundation
import SystemCrypto
import TestSupport
import Testing

/// Resources/hostile: every request is refused, for its own reason.
struct HostileCorpusTests {
    private struct Case: Decodable {
        struct Expectation: Decodable, Equatable {
            let outcome: String
            let code: String
        }

        let id: String
        let endpoint: RequestKind.RawValue
        let mode: String
        let body: Data
        let expect: Expectation
    }

    private func script(_ arguments: [String]) async throws -> ProcessResult {
        try await run("python3", [try resource("hostile/corpus.py").path] + arguments)
    }

    @Test func fitsItsSchema() async throws {
        let result = try await script(["validate"])
        #expect(result.status == 0, "\(result.errorText)")
        #expect(try #require(Int(result.text.split(separator: "\n").first ?? "")) >= 600)
    }

    @Test func isRefusedWhole() async throws {
        let (trusted, other) = (try TestKeys.trusted(), try TestKeys.other())
        let directory = try TemporaryDirectory()
        let key = try directory.write("trusted.pem", trusted.privatePEM)
        let result = try await script([
            "build", "--key", key, "--other", directory.write("other.pem", other.privatePEM),
        ])
        try #require(result.status == 0, "\(result.errorText)")
        let authenticator = try RequestAuthenticator(
            cosigners: [TrustedCosigner(name: "trusted", key: trusted.publicKey)])
        var outcomes: [String: Int] = [:]
        for line in result.text.components(separatedBy: "\n").dropLast() {
            let hostile = try JSONDecoder().decode(Case.self, from: Data(line.utf8))
            let found = try outcome(of: hostile, authenticator)
            #expect(found == hostile.expect, "\(hostile.id)")
            outcomes[found.outcome, default: 0] += 1
        }
        #expect(outcomes["accepted"] == nil)
        #expect(outcomes.values.reduce(0, +) >= 600)
        #expect(outcomes.keys.sorted() == ["malformed", "unauthenticated", "unusable"])
    }

    private func outcome(of hostile: Case, _ authenticator: RequestAuthenticator) throws -> Case.Expectation {
        let kind = try #require(RequestKind(rawValue: hostile.endpoint))
        do throws(ProtocolError) {
            let request =
                hostile.mode == "jwt"
                ? try authenticator.authenticate(token: Array(hostile.body), kind: kind, listener: "l")
                : try RequestAuthenticator.acceptUnauthenticated(
                    json: Array(hostile.body), kind: kind, listener: "l")
            guard case .malformed(let malformed) = request.content else {
                return Case.Expectation(outcome: "accepted", code: "")
            }
            return Case.Expectation(outcome: "malformed", code: malformed.code)
        } catch {
            return Case.Expectation(
                outcome: error.code.isAuthentication ? "unauthenticated" : "unusable", code: error.code.rawValue)
        }
    }

    /// Otherwise a case could be refused for what it did not change.
    @Test func startsFromTextsThatAreAccepted() throws {
        let corpus = try #require(try StrictJSON.parse(contents("hostile/corpus.json")).object)
        let base = try #require(corpus["base"]?.object)
        func text(_ name: String) throws -> String { try #require(base[name]?.string) }
        let key = try TestKeys.trusted()
        let authenticator = try RequestAuthenticator(cosigners: [TrustedCosigner(name: "trusted", key: key.publicKey)])
        for kind in RequestKind.allCases {
            let token = try token(header: text("header"), payload: text(kind.rawValue), key: key)
            let request = try authenticator.authenticate(token: token, kind: kind, listener: "l")
            if case .malformed = request.content { throw UnexpectedContent(content: request.content) }
        }
    }
}
