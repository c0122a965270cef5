// A callback-server process with its directory, and a co-signer that it trusts.

import CallbackProtocol
import Foundation
import SystemCrypto
import TestSupport

/// A directory made by `init`, and the server process that runs in it.
final class TestServer {
    let directory: TemporaryDirectory
    let cosignerHome: String
    private(set) var process: Process?
    /// What the server printed when it was up.
    private(set) var summary = ""
    private var logFile: URL { directory.file("server.log") }

    var home: String { directory.file("server").path }
    var configuration: String { home + "/callback-server.yaml" }
    var log: String { (try? String(contentsOf: logFile, encoding: .utf8)) ?? "" }

    /// Makes the directories. `rules` is the text of the rules file; `edit` changes the configuration text.
    init(rules: String, edit: (String) -> String = { $0 }) async throws {
        directory = try TemporaryDirectory()
        cosignerHome = directory.file("cosigner").path
        let setup = try await Executable.cosigner("setup", "--standalone", "--home", cosignerHome)
        guard setup.status == 0 else { throw Failure(setup.errorText) }
        let key = try await Executable.cosigner("print-public-key", "--home", cosignerHome)
        let keyFile = try directory.write("cosigner.pem", key.text)
        let rulesFile = try directory.write("rules.yaml", rules)
        let made = try await Executable.callbackServer(
            "init", home, "--address", "127.0.0.1:0", "--certificate-mode-address", "localhost:0", "--admin-address",
            "127.0.0.1:0", "--cosigner-key", keyFile, "--rules", rulesFile)
        guard made.status == 0 else { throw Failure(made.errorText) }
        let text = try String(contentsOfFile: configuration, encoding: .utf8)
        try edit(text).write(toFile: configuration, atomically: true, encoding: .utf8)
    }

    /// Another server with the same keys, rules, configuration and co-signer, which shares what its configuration names
    /// by URL.
    init(copying other: TestServer) throws {
        directory = try TemporaryDirectory()
        cosignerHome = directory.file("cosigner").path
        try FileManager.default.copyItem(atPath: other.cosignerHome, toPath: cosignerHome)
        try FileManager.default.copyItem(atPath: other.home, toPath: home)
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
        init(_ text: String) { description = text }
    }

    /// Starts the server and returns when it is up. `prefix` runs it below another program.
    func start(prefix: [String] = []) async throws {
        let process = Process()
        let output = Pipe()
        let command = prefix + [Executable.callbackServer.path, "serve", "--config", configuration]
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        process.standardOutput = output
        if !FileManager.default.fileExists(atPath: logFile.path) { try Data().write(to: logFile) }
        let log = try FileHandle(forWritingTo: logFile)
        try log.seekToEnd()
        process.standardError = log
        try process.run()
        self.process = process
        summary = await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                var text = ""
                // The ledger is the last line of the summary; the pipe ends where the server does.
                while !text.contains("\n  ledger") || !text.hasSuffix("\n") {
                    let data = output.fileHandleForReading.availableData
                    if data.isEmpty { break }
                    text += String(decoding: data, as: UTF8.self)
                }
                continuation.resume(returning: text)
            }
        }
        guard summary.contains("\n  ledger") else { throw Failure("the server did not start: \(self.log)") }
    }

    /// The base URL of a listener, without /v2.
    func url(_ mode: String = "public-key") throws -> String {
        for line in summary.split(separator: "\n") where line.contains("mode \(mode)") {
            if let url = line.split(separator: " ").first(where: { $0.hasPrefix("https://") }) {
                return url.replacingOccurrences(of: "/v2", with: "")
            }
        }
        throw Failure("no listener in mode \(mode) in: \(summary)")
    }

    var adminURL: String {
        let line = summary.split(separator: "\n").first { $0.hasPrefix("  admin") } ?? ""
        return String(line.split(separator: " ").last ?? "").replacingOccurrences(of: "/readyz", with: "")
    }

    func kill() async {
        guard let process else { return }
        Foundation.kill(process.processIdentifier, SIGKILL)
        await ended()
    }

    /// A test that ends early leaves no server behind.
    deinit { process?.terminate() }

    /// Asks the server to stop and returns its exit code.
    @discardableResult
    func stop() async -> Int32 {
        process?.terminate()
        await ended()
        return process?.terminationStatus ?? -1
    }

    private func ended() async {
        guard let process else { return }
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            DispatchQueue.global().async {
                process.waitUntilExit()
                continuation.resume()
            }
        }
    }

    /// The co-signer's private key, to sign requests by hand.
    func cosignerKey() throws -> RSAPrivateKey {
        try RSAPrivateKey(
            pem: Array(try Data(contentsOf: URL(fileURLWithPath: cosignerHome + "/cosigner-private.pem"))))
    }

    func responseKey() throws -> RSAPublicKey {
        try RSAPublicKey(pem: Array(try Data(contentsOf: URL(fileURLWithPath: home + "/keys/callback-public.pem"))))
    }

    /// Points the co-signer at this server.
    func connect(_ option: String = "public-key") async throws {
        let tokens = option.hasPrefix("public-key")
        var arguments = ["callback-update", "--home", cosignerHome, "--auth", option]
        arguments += ["--url", try url(tokens ? "public-key" : "certificate")]
        if tokens { arguments += ["--public-key", home + "/keys/callback-public.pem"] }
        if option == "public-key" { arguments += ["--extra-ca", home + "/certs/ca.pem"] }
        if option.hasSuffix("certificate") { arguments += ["--certificate", home + "/certs/server.pem"] }
        if option.hasSuffix("root-ca") { arguments += ["--root-ca", home + "/certs/ca.pem"] }
        let updated = try await run(Executable.cosigner.path, arguments)
        guard updated.status == 0 else { throw Failure(updated.errorText) }
    }

    /// Sends a payload by the co-signer and returns what `ask --json` printed.
    func ask(_ payload: String, _ more: String...) async throws -> (status: Int32, answers: [JSONObject]) {
        let file = try directory.write("payload-\(UUID().uuidString).json", payload)
        return try await ask(file: file, more)
    }

    func ask(file: String, _ more: [String] = []) async throws -> (status: Int32, answers: [JSONObject]) {
        let asked = try await run(
            Executable.cosigner.path, ["ask", "--home", cosignerHome, "--json", file] + more, timeout: 120)
        let answers = try asked.text.split(separator: "\n").compactMap { try StrictJSON.parse(Array($0.utf8)).object }
        return (asked.status, answers)
    }

    /// `decisions list --json`.
    func decisions(_ more: String...) async throws -> [JSONObject] {
        let listed = try await run(
            Executable.callbackServer.path, ["decisions", "list", "--json", "--config", configuration] + more)
        guard listed.status == 0 else { throw Failure(listed.errorText) }
        return try listed.text.split(separator: "\n").compactMap { try StrictJSON.parse(Array($0.utf8)).object }
    }
}

/// Rules that approve every transfer to a whitelisted destination.
let approvingRules = """
    rules_version: 1
    name: end-to-end
    time_zone: UTC
    transactions:
      - id: whitelisted
        effect: approve
        when:
          operation: TRANSFER
          destination: { address_type: WHITELISTED }
    configuration_changes: []
    """

/// A documented-looking transfer with the given id.
func transfer(_ requestId: String, signing: Bool = true, amount: String = "0.01", usd: String = "18.74292937") -> String
{
    let fee = signing ? #""fee":"0.000584261607657000","# : ""
    let display = signing ? #""displayDstAddress":"0x5dC69B1Fbb13Bafd09af88a782F0F285772Ad5f8","# : ""
    return """
        {"txId":"\(requestId)","operation":"TRANSFER","sourceType":"VAULT","sourceId":"0","destType":"VAULT","destId":"1",\
        "asset":"ETH","amount":\(amount),"amountStr":"\(amount)","requestedAmount":\(amount),\
        "requestedAmountStr":"\(amount)",\(fee)"destAddressType":"WHITELISTED",\
        "destAddress":"0x5dC69B1Fbb13Bafd09af88a782F0F285772Ad5f8","destinations":[{"amountNative":\(amount),\
        "amountNativeStr":"\(amount)","amountUSD":\(usd),"dstAddressType":"WHITELISTED","dstId":"1","dstWalletId":"",\
        "dstName":"Deposits","dstSubType":"","dstType":"VAULT",\(display)"action":"ALLOW"}],"requestId":"\(requestId)"}
        """
}
