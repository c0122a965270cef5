// Replaces the rules while serving.

import CallbackRules
import Dispatch
import Logging

/// Replaces the rules of a running server by what the file says now, if that is free of errors.
///
/// One reload after another, off the event loops: two that overlap could leave the older file in force.
final class RulesReloader: Sendable {
    private let file: RulesFile
    private let snapshot: CurrentSnapshot
    private let logger: Logger
    private let queue = DispatchQueue(label: "countersign.reload")

    init(file: RulesFile, snapshot: CurrentSnapshot, logger: Logger) {
        self.file = file
        self.snapshot = snapshot
        self.logger = logger
    }

    /// `completion` is called on a queue of its own.
    func reload(_ completion: @escaping @Sendable (RulesReload) -> Void) {
        queue.async { completion(self.reload()) }
    }

    private func reload() -> RulesReload {
        let before = snapshot.value.rules.digest
        do throws(ServerError) {
            let (found, problems) = try file.readForServing()
            guard let rules = found else {
                logger.error("rules not reloaded", metadata: ["event": "rules_refused", "rulesDigest": "\(before)"])
                return RulesReload(loaded: false, rulesDigest: before, problems: problems)
            }
            snapshot.replaceRules(rules)
            logger.notice(
                "rules reloaded", metadata: ["event": "rules_reloaded", "from": "\(before)", "to": "\(rules.digest)"])
            return RulesReload(loaded: true, rulesDigest: rules.digest, problems: problems)
        } catch {
            return RulesReload(loaded: false, rulesDigest: before, problems: [error.message])
        }
    }
}
