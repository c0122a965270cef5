import CallbackProtocol
import Foundation
import TestSupport
import Testing

@Suite struct CommandLineTests {
    @Test func initMakesADirectoryWithThePromisedModesAndOverwritesNothing() async throws {
        let directory = try TemporaryDirectory()
        let home = directory.file("server").path
        let made = try await Executable.callbackServer("init", home)
        #expect(made.status == 0, "\(made.errorText)")
        for (file, mode) in [
            ("keys/callback-private.pem", 0o600), ("keys/ledger-private.pem", 0o600), ("certs/server.key", 0o600),
            ("keys/callback-public.pem", 0o644),
        ] {
            let attributes = try FileManager.default.attributesOfItem(atPath: home + "/" + file)
            #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == mode, "\(file)")
        }
        let before = try Data(contentsOf: URL(fileURLWithPath: home + "/keys/callback-private.pem"))
        let again = try await Executable.callbackServer("init", home)
        #expect(again.status == 1)
        #expect(again.errorText.contains("callback-server.yaml"))
        #expect(try Data(contentsOf: URL(fileURLWithPath: home + "/keys/callback-private.pem")) == before)
        let checked = try await Executable.callbackServer("rules", "check", home + "/rules/rules.yaml")
        #expect(checked.status == 0, "\(checked.text)")
    }

    static let brokenConfigurations: [(String, String, String)] = [
        ("deadline: 20s", "deadline: 30s", "deadline"),
        ("deadline: 20s", "deadlines: 20s", "did you mean deadline?"),
        ("mode: public-key", "mode: public", "public-key, certificate"),
        ("config_version: 1", "config_version: 2", "must be 1"),
        ("rules/rules.yaml", "rules/missing.yaml", "cannot be read"),
        ("127.0.0.1:0", "127.0.0.1", "HOST:PORT"),
        ("allow_from: [\"127.0.0.0/8\"]", "allow_from: [\"127.0.0.0/40\"]", "CIDR"),
        ("level: info", "level: \"${COUNTERSIGN_UNSET}\"", "COUNTERSIGN_UNSET is not set"),
        ("certs/server.key", "keys/callback-private.pem", "key"),
    ]

    @Test(arguments: brokenConfigurations.indices)
    func aBrokenConfigurationIsExplainedAndExitsWith1(index: Int) async throws {
        let (old, new, expected) = Self.brokenConfigurations[index]
        let server = try await TestServer(rules: approvingRules) { $0.replacingOccurrences(of: old, with: new) }
        let served = try await Executable.callbackServer("serve", "--config", server.configuration)
        #expect(served.status == 1)
        #expect(served.errorText.contains(expected), "\(served.errorText)")
    }

    @Test func aKeyThatOthersCanReadIsRefusedWithTheFix() async throws {
        let server = try await TestServer(rules: approvingRules)
        let key = server.home + "/keys/callback-private.pem"
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: key)
        let served = try await Executable.callbackServer("serve", "--config", server.configuration)
        #expect(served.status == 1)
        #expect(served.errorText.contains("chmod 600"))
    }

    @Test(arguments: [["serve", "--nonsense"], ["init"], ["rules", "explain", "x"], ["nonsense"]])
    func aWrongCallExitsWith2(arguments: [String]) async throws {
        #expect(try await run(Executable.callbackServer.path, arguments).status == 2)
    }

    @Test func helpIsOfferedEverywhereAndSucceeds() async throws {
        for arguments in [
            ["--help"], ["init", "--help"], ["serve", "--help"], ["rules", "check", "--help"],
            ["decisions", "list", "--help"],
        ] {
            let help = try await run(Executable.callbackServer.path, arguments)
            #expect(help.status == 0)
            #expect(help.text.contains("USAGE"))
        }
    }

    /// A kept checkpoint that is empty because the disk was full would be missed when it is needed.
    @Test(arguments: ["'$server' rules codes", "'$server' rules schema", "'$cosigner' list-users --home '$home'"])
    func outputThatIsLostIsAFailure(command: String) async throws {
        let home = try TemporaryDirectory().file("cosigner").path
        #expect(try await Executable.cosigner("setup", "--standalone", "--home", home).status == 0)
        let variables = [
            "server": Executable.callbackServer.path, "cosigner": Executable.cosigner.path, "home": home,
        ]
        let whole = try await run("sh", ["-c", resolved(command, variables) + " | cat"])
        #expect(whole.status == 0 && !whole.text.isEmpty)
        let lost = try await run("sh", ["-c", resolved(command, variables) + " > /dev/full"])
        #expect(lost.status == 1)
        #expect(lost.errorText.contains("[file_unwritable]"), "\(lost.errorText)")
    }

    private func resolved(_ command: String, _ variables: [String: String]) -> String {
        variables.reduce(command) { $0.replacingOccurrences(of: "$\($1.key)", with: $1.value) }
    }

    /// Without an answer there is none: only an empty line takes the callback handler away.
    @Test func theEndOfTheInputDoesNotRemoveTheCallbackHandler() async throws {
        let server = try await TestServer(rules: approvingRules)
        try await server.start()
        try await server.connect()
        func update(_ input: String) async throws -> ProcessResult {
            try await Executable.cosigner("callback-update", "--home", server.cosignerHome, stdin: input)
        }
        let ended = try await update("")
        #expect(ended.status == 2 && ended.errorText.contains("[option_missing]"), "\(ended.errorText)")
        let (_, answers) = try await server.ask(transfer("still-asked"))
        #expect(answers.first?["action"]?.string == "APPROVE")
        let emptied = try await update("\n")
        #expect(emptied.status == 0 && emptied.text.contains("has no callback handler now"))
        await server.stop()
    }

    @Test func reloadReplacesTheRulesOfARunningServerOrKeepsThem() async throws {
        let server = try await TestServer(rules: approvingRules)
        try await server.start()
        try await server.connect()
        let file = server.home + "/rules/rules.yaml"
        try approvingRules.replacingOccurrences(of: "effect: approve", with: "effect: reject")
            .write(toFile: file, atomically: true, encoding: .utf8)
        let reloaded = try await Executable.callbackServer("rules", "reload", "--config", server.configuration)
        #expect(reloaded.status == 0, "\(reloaded.errorText)")
        let (_, answers) = try await server.ask(transfer("after-reload"))
        #expect(answers.first?["action"]?.string == "REJECT")
        try "rules_version: 1\nnonsense: true\n".write(toFile: file, atomically: true, encoding: .utf8)
        let refused = try await Executable.callbackServer("rules", "reload", "--config", server.configuration)
        #expect(refused.status == 3)
        let (_, still) = try await server.ask(transfer("after-refused-reload"))
        #expect(still.first?["action"]?.string == "REJECT")
        #expect(still.first?["rejectionReason"]?.string == answers.first?["rejectionReason"]?.string)
        await server.stop()
        let stopped = try await Executable.callbackServer("rules", "reload", "--config", server.configuration)
        #expect(stopped.status == 1)
    }

    @Test func healthAndReadinessAreAnsweredOnTheAdminListenerOnly() async throws {
        let server = try await TestServer(rules: approvingRules)
        try await server.start()
        let ready = try await run("curl", ["-sS", "-w", "%{http_code}", server.adminURL + "/readyz"])
        #expect(ready.text.contains("\"ready\":true"), "\(ready.text) \(ready.errorText)")
        #expect(ready.text.hasSuffix("200"))
        let health = try await run("curl", ["-sS", server.adminURL + "/healthz"])
        #expect(health.text == "ok\n")
        let elsewhere = try await run(
            "curl",
            ["-sS", "--cacert", server.home + "/certs/ca.pem", "-w", "%{http_code}", try server.url() + "/healthz"])
        #expect(elsewhere.text.hasSuffix("404"))
        let other = try await Executable.callbackServer("serve", "--config", server.configuration)
        #expect(other.status == 1, "a second server on the same ledger")
        #expect(await server.stop() == 0)
    }
}
