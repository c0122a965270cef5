// Requests to record: the published payload with new ids, decided by the benchmark's rules.

import CallbackProtocol
import CallbackRules
import Foundation

/// Makes proposals as a server does.
struct Asks: Sendable {
    private let rules: RulesSnapshot
    /// The payload, cut where its ids stand: what is measured must not wait for what measures.
    private let pieces: [String]
    private static let id = "48f6871c-0467-4b56-8c44-426f3d6487f5"

    /// - Parameter limit: where given, the approving rule has this limit a day, such as `count: 5`.
    init(limit: String? = nil) throws {
        var text = try String(contentsOfFile: "Benchmarks/rules.yaml", encoding: .utf8)
        if let limit {
            let effect = "effect: approve\n"
            text = text.replacingOccurrences(
                of: effect, with: effect + "    limits: [{ id: day, \(limit), per: 24h }]\n")
        }
        guard let rules = RulesSnapshot.load(file: "rules.yaml", text: Array(text.utf8), loadList: { _ in [] }).snapshot
        else { throw CocoaError(.fileReadCorruptFile) }
        self.rules = rules
        pieces = try String(contentsOfFile: "Benchmarks/request.json", encoding: .utf8).components(separatedBy: Self.id)
    }

    func proposal(_ id: String) throws -> Proposal {
        let request = try RequestAuthenticator.acceptUnauthenticated(
            json: Array(pieces.joined(separator: id).utf8), kind: .transaction, listener: "127.0.0.1:8444")
        return rules.propose(request, at: RulesInstant(seconds: 1_795_253_400))
    }
}
