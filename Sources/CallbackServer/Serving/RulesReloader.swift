// Replaces the rules while serving.

import CallbackRules
import Dispatch
import Logging
import NIOConcurrencyHelpers

/// Replaces the rules of a running server by what the file says now, if that is free of errors.
///
/// One reload after another, off the event loops: two that overlap could leave the older file in force.
final class RulesReloader: Sendable {
    private let files: ServedRules
    private let snapshot: CurrentSnapshot
    private let keeper: RulesKeeper
    private let logger: Logger
    private let queue = DispatchQueue(label: "countersign.reload")
    private let failure = NIOLockedValueBox<String?>(nil)

    init(files: ServedRules, snapshot: CurrentSnapshot, keeper: RulesKeeper, logger: Logger) {
        self.files = files
        self.snapshot = snapshot
        self.keeper = keeper
        self.logger = logger
    }

    /// Why the last reload changed nothing; `nil` where it succeeded or none was asked for.
    var lastFailure: String? { failure.withLockedValue { $0 } }

    /// `completion` is called on a queue of its own.
    func reload(_ completion: @escaping @Sendable (RulesReload) -> Void = { _ in }) {
        queue.async { completion(self.reload()) }
    }

    private func reload() -> RulesReload {
        let before = snapshot.value.rules.digest
        let found: ServedRules.Loaded
        do throws(ServerError) {
            found = try files.load()
        } catch {
            found = ServedRules.Loaded(rules: nil, shadow: nil, problems: [error.message])
        }
        guard let rules = found.rules else {
            let why = found.problems.first ?? "the rules cannot be loaded"
            failure.withLockedValue { $0 = why }
            logger.error(
                "rules not reloaded, the old ones stay in force",
                metadata: [
                    "event": "rules_refused", "rulesDigest": "\(before)", "reason": "\(why)",
                    "problems": .stringConvertible(found.problems.count),
                ])
            return RulesReload(loaded: false, rulesDigest: before, problems: found.problems)
        }
        failure.withLockedValue { $0 = nil }
        snapshot.replaceRules(rules, shadow: found.shadow)
        keeper.keep(rules, found.files)
        logger.notice(
            "rules reloaded", metadata: ["event": "rules_reloaded", "from": "\(before)", "to": "\(rules.digest)"])
        return RulesReload(loaded: true, rulesDigest: rules.digest, problems: found.problems)
    }
}
