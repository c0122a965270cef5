// callback-server rules explain

import ArgumentParser
import CallbackProtocol
import CallbackRules
import Foundation

extension RequestKind: ExpressibleByArgument {}

struct RulesExplain: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Evaluate one request against a rules file, and say why.",
        discussion:
            """
            Prints the effect, the deciding rule, and for each rule the first condition that failed or was unknown; then how
            the limits of the rules that matched stand, and who is waited for. Without --past nothing happened before.
            """)

    @Argument(help: ArgumentHelp("The rules file.", valueName: "RULES"))
    var rules: String

    @Argument(help: ArgumentHelp("The payload of a request, JSON.", valueName: "REQUEST.json"))
    var request: String

    @Option(help: ArgumentHelp("The instant of arrival, RFC 3339. Default: now.", valueName: "INSTANT"))
    var at: String?

    @Option(help: "The endpoint. Default: configuration where the payload has a type and no txId, else transaction.")
    var kind: RequestKind?

    @Option(help: ArgumentHelp("The name of the co-signer that asks.", valueName: "NAME"))
    var cosigner: String?

    @Option(help: ArgumentHelp("The configured address of the listener.", valueName: "HOST:PORT"))
    var listener = "127.0.0.1:8443"

    @Option(
        help: ArgumentHelp(
            "What limits have counted and who has signed: a YAML file with charged and holds, as in a test.",
            valueName: "FILE"))
    var past: String?

    @Flag(help: "One JSON value.")
    var json = false

    func run() throws {
        let snapshot = try RulesFile(path: rules).snapshot()
        let bytes = try KeyFiles.bytes(request)
        let view = try past.map { try Self.past($0, for: snapshot).view } ?? .empty
        let explanation: Explanation
        do throws(ProtocolError) {
            let kind = if let kind = self.kind { kind } else { try Self.kind(of: bytes) }
            let read = try RequestAuthenticator.acceptUnauthenticated(json: bytes, kind: kind, listener: listener)
            explanation = snapshot.explanation(
                read.content, cosigner: cosigner, listener: listener, at: instant(), view: view)
        } catch {
            throw ServerError(.workFailed, "\(request): no rule can be asked: \(error)")
        }
        print(json ? explanation.json : explanation.text)
    }

    private static func past(_ file: String, for rules: RulesSnapshot) throws -> RulesPast {
        let loaded = RulesPast.load(file: file, text: try KeyFiles.bytes(file), rules: rules)
        guard let past = loaded.past else {
            let findings = loaded.diagnostics.map(\.description).joined(separator: "\n")
            throw ServerError(.rulesInvalid, "The past \(file) does not fit the rules:\n\(findings)\n")
        }
        return past
    }

    private static func kind(of bytes: [UInt8]) throws(ProtocolError) -> RequestKind {
        let payload = try StrictJSON.parse(bytes).object
        return payload?["type"] != nil && payload?["txId"] == nil ? .configuration : .transaction
    }

    private func instant() -> RulesInstant {
        guard let at, let date = Self.date(at) else {
            let now = Timestamp.now
            return RulesInstant(seconds: now.seconds, nanoseconds: Int32(now.nanoseconds))
        }
        return RulesInstant(seconds: Int64(date.timeIntervalSince1970.rounded(.down)), nanoseconds: 0)
    }

    private static func date(_ text: String) -> Date? {
        try? Date(text, strategy: .iso8601)
    }

    mutating func validate() throws {
        if let at, Self.date(at) == nil {
            throw ValidationError("--at must be an instant like 2026-11-21T09:30:00Z; it is \(at)")
        }
    }
}
