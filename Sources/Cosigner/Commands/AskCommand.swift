// cosigner ask

import ArgumentParser
import CallbackProtocol
import CosignerCallbackClient
import Foundation
import NIOCore
import NIOPosix

extension RequestKind: ExpressibleByArgument {}

struct AskCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ask",
        abstract: "Send payload files to the callback handler as the co-signer would, and verify its answers.",
        discussion: """
            Each FILE holds one payload as JSON; member order and number formats are made those of a real co-signer. \
            Exit code 0 when every answer was obtained and verified, whatever it says.
            """)

    @Argument(help: ArgumentHelp("Payload files.", valueName: "FILE"))
    var files: [String]

    @OptionGroup var home: HomeOption

    @Option(
        help: ArgumentHelp("The API user that asks; may be left out where there is only one.", valueName: "USER_ID"))
    var user: String?

    @Option(help: "The endpoint. Default: configuration where the payload has a type and no txId, else transaction.")
    var kind: RequestKind?

    @Flag(help: "Ask again while the answer is RETRY: 20 times, every 3 minutes, as documented.")
    var retry = false

    @Option(help: ArgumentHelp("Seconds between two of --retry.", valueName: "SECONDS"))
    var retryInterval = 180

    @Option(
        name: .customLong("repeat"),
        help: ArgumentHelp("Send each request N times, byte for byte the same.", valueName: "N"))
    var count = 1

    @Flag(help: "One JSON value per answer.")
    var json = false

    private static let retries = 20

    mutating func validate() throws {
        guard !files.isEmpty else { throw ValidationError("Name at least one payload file") }
        guard count >= 1, count <= 1_000_000 else { throw ValidationError("--repeat must be from 1 to 1000000") }
        guard retryInterval >= 1, retryInterval <= 3_600 else {
            throw ValidationError("--retry-interval must be from 1 to 3600 seconds")
        }
    }

    func run() async throws {
        let directory = home.directory
        let state = try directory.load()
        let apiUser = state.users[try state.index(of: user)]
        guard let settings = apiUser.callback else {
            throw CosignerError(
                .callbackMissing,
                "API user \(apiUser.id) has no callback handler; set one with `cosigner callback-update`")
        }
        let requests = try files.map { (file) throws(CosignerError) in try PayloadFile(path: file, kind: kind) }
        let client = try makeClient(settings, directory)
        var failed = false
        for request in requests {
            for _ in 0..<count {
                let result = await ask(request, client)
                failed = failed || result.error != nil
                print(result.line(json: json))
            }
        }
        if failed { throw ExitCode(1) }
    }

    private func makeClient(
        _ settings: CallbackHandlerSettings, _ directory: CosignerHome
    ) throws(CosignerError) -> CallbackClient {
        let key = settings.option.usesTokens ? try directory.privateKey() : nil
        do throws(CallbackClientError) {
            return try CallbackClient(
                settings: settings, cosignerKey: key, group: MultiThreadedEventLoopGroup.singleton)
        } catch {
            throw CosignerError(.callbackMissing, "The callback handler's settings cannot be used: \(error)")
        }
    }

    /// Asks once, or until the answer is no RETRY.
    private func ask(_ request: PayloadFile, _ client: CallbackClient) async -> AskResult {
        var left = retry ? Self.retries : 0
        while true {
            let result = await askOnce(request, client)
            guard result.response?.action == .retry, left > 0 else { return result }
            left -= 1
            printError("\(request.path): RETRY, asking again in \(retryInterval) s, \(left) left")
            try? await Task.sleep(for: .seconds(retryInterval))
        }
    }

    private func askOnce(_ request: PayloadFile, _ client: CallbackClient) async -> AskResult {
        do throws(CallbackClientError) {
            let body = try client.body(of: request.payload)
            let answer = try await client.ask(
                body, kind: request.kind, requestId: request.requestId, stage: request.stage)
            for observation in answer.observations { printError("\(request.path): \(observation)") }
            return AskResult(request: request, response: answer.response, elapsed: answer.elapsed, error: nil)
        } catch {
            return AskResult(request: request, response: nil, elapsed: nil, error: error)
        }
    }
}
