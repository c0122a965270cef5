import CallbackProtocol
import Foundation
import TestSupport
import Testing

@Suite struct SecurityOptionTests {
    static let options = ["public-key", "certificate", "root-ca", "public-key+certificate", "public-key+root-ca"]

    @Test func everySecurityOptionIsAnswered() async throws {
        let server = try await TestServer(rules: approvingRules)
        try await server.start()
        for (number, option) in Self.options.enumerated() {
            try await server.connect(option)
            let (status, answers) = try await server.ask(transfer("option-\(number)"))
            #expect(status == 0, "\(option): \(answers)")
            #expect(answers.first?["action"]?.string == "APPROVE", "\(option): \(answers)")
        }
        let cosigners = try await server.decisions().map { $0["cosigner"] }
        #expect(cosigners == [.string("primary"), .null, .null, .string("primary"), .string("primary")])
        #expect(await server.stop() == 0)
    }

    @Test func approvalAndSigningOfOneTransactionAreBothAnsweredAndRepeatsAreCountedOnce() async throws {
        let server = try await TestServer(rules: approvingRules)
        try await server.start()
        try await server.connect()
        for signing in [false, true, true] {
            let (status, answers) = try await server.ask(transfer("tx-1", signing: signing))
            #expect(status == 0)
            #expect(answers.first?["action"]?.string == "APPROVE")
        }
        let decisions = try await server.decisions()
        #expect(decisions.map { $0["stage"]?.string } == ["approval", "signing"])
        #expect(decisions.map { $0["repeat"] } == [.number("0"), .number("1")])
        let (_, answers) = try await server.ask(transfer("tx-1", amount: "9000"))
        #expect(answers.first?["action"]?.string == "REJECT", "another payload under a decided requestId")
        await server.stop()
        #expect(server.log.contains("payload_conflict"))
    }

    @Test func aServerThatIsNotTheOneConfiguredIsRefused() async throws {
        let server = try await TestServer(rules: approvingRules)
        let other = try await TestServer(rules: approvingRules)
        try await server.start()
        for option in Self.options {
            try await server.connect(option)
            // The same files of another directory: another CA, another pin, another response key.
            var arguments = ["callback-update", "--home", server.cosignerHome, "--auth", option]
            arguments += ["--url", try server.url(option.hasPrefix("public-key") ? "public-key" : "certificate")]
            if option.hasPrefix("public-key") {
                arguments += ["--public-key", other.home + "/keys/callback-public.pem"]
            }
            if option == "public-key" { arguments += ["--extra-ca", server.home + "/certs/ca.pem"] }
            if option.hasSuffix("certificate") { arguments += ["--certificate", other.home + "/certs/server.pem"] }
            if option.hasSuffix("root-ca") { arguments += ["--root-ca", other.home + "/certs/ca.pem"] }
            let updated = try await run(Executable.cosigner.path, arguments)
            #expect(updated.status == 0, "\(updated.errorText)")
            let (status, answers) = try await server.ask(transfer("wrong-\(option)"))
            #expect(status == 1)
            #expect(answers.first?["action"] == .null, "\(option): \(answers)")
            #expect(answers.first?["error"]?.object?["code"] != nil)
        }
        await server.stop()
    }
}
