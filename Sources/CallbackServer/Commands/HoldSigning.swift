// How a person's word gets to the server.

import ArgumentParser
import CallbackProtocol
import DecisionLedger
import Foundation
import HTTPSTransport
import NIOCore

/// What `approve` and `refuse` share.
struct HoldSigning: ParsableArguments {
    @Argument(help: ArgumentHelp("The hold's number.", valueName: "HOLD"))
    var hold: Int64

    @Option(help: ArgumentHelp("A signature of the statement, made by ssh-keygen -Y sign.", valueName: "FILE"))
    var signature: String?

    @Option(
        help: ArgumentHelp(
            "Have ssh-keygen sign with this key: a private key, or the public half of one in the agent.",
            valueName: "FILE"))
    var key: String?

    @OptionGroup var file: ConfigurationOption

    @Flag(help: "One JSON value.")
    var json = false

    mutating func validate() throws {
        guard (signature == nil) != (key == nil) else { throw ValidationError("give either --signature or --key") }
    }

    func run(_ verdict: HoldVerdict) async throws {
        let control = ControlClient(try file.read())
        let response = try await control.send(
            "POST", "/holds/\(hold)/\(verdict.rawValue)", body: try await signed(verdict, control))
        let answer = try? StrictJSON.parse(Array(response.body.readableBytesView)).object
        guard let answer else {
            throw ServerError(
                .workFailed, "The server gave an answer that is none of holds (status \(response.status))")
        }
        guard response.status == 200 else {
            let (message, code) = (answer["message"]?.string ?? "refused", answer["code"]?.string ?? "work_failed")
            printError("callback-server: Hold \(hold): \(visible(message)) [\(visible(code))]")
            throw ExitCode.workFailed
        }
        if json { return printJSON(.object(answer)) }
        print("Hold \(hold) is \(answer["state"]?.string ?? "unknown"):")
        for signature in answer["signatures"]?.array ?? [] {
            guard let voice = signature.object else { continue }
            let (verdict, name) = (voice["verdict"]?.string ?? "", voice["approver"]?.string ?? "")
            print("    \(visible(name)) signed to \(verdict) at \(voice["at"]?.string ?? "")")
        }
    }

    private func signed(_ verdict: HoldVerdict, _ control: ControlClient) async throws -> [UInt8] {
        if let signature {
            guard let bytes = try? Data(contentsOf: URL(fileURLWithPath: signature)) else {
                throw ServerError(.fileUnreadable, "The signature \(signature) cannot be read")
            }
            return Array(bytes)
        }
        let statement = try await control.send("GET", "/holds/\(hold)/statement?verdict=\(verdict.rawValue)")
        guard statement.status == 200 else {
            throw ServerError(.notFound, "The server has no hold \(hold); `holds list` shows them")
        }
        let bytes = Array(statement.body.readableBytesView)
        // Whoever signs must have seen what: the prompt for passphrase or touch comes after this.
        printError(String(decoding: bytes, as: UTF8.self))
        return try SSHKeygen(key: key ?? "", namespace: HoldStatement.namespace).sign(bytes, "the statement")
    }
}
