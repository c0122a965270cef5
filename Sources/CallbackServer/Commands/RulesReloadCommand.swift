// callback-server rules reload

import ArgumentParser
import CallbackProtocol
import HTTPSTransport
import NIOCore

struct RulesReloadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload",
        abstract: "Have the running server load its rules file again.",
        discussion: """
            A file with errors changes nothing: the rules in force stay, and the exit code is 3. A request that is being decided \
            keeps the rules it started with.
            """)

    @OptionGroup var file: ConfigurationOption

    @Flag(help: "One JSON value.")
    var json = false

    func run() async throws {
        let configuration = try file.read()
        let response = try await ControlClient(configuration).send("POST", "/rules/reload")
        let answer = try? StrictJSON.parse(Array(response.body.readableBytesView)).object
        guard let answer, let loaded = answer["loaded"] else {
            throw ServerError(
                .workFailed, "The server on \(configuration.controlSocket) gave an answer that is none of reload")
        }
        if json {
            printJSON(.object(answer))
        } else {
            for problem in answer["problems"]?.array ?? [] { print(problem.string ?? "") }
            let digest = answer["rulesDigest"]?.string ?? ""
            print(loaded == .bool(true) ? "Rules in force now: \(digest)" : "Not loaded; still in force: \(digest)")
        }
        if loaded != .bool(true) { throw ExitCode.checkFoundProblems }
    }
}
