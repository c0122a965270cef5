// Keeps the text of every rules version that decided something.

import CallbackRules
import DecisionLedger
import Foundation
import Logging

/// Hands rules files to the ledger, which keeps each version once. A decision names its version by digest only.
struct RulesKeeper: Sendable {
    let ledger: DecisionLedger
    let logger: Logger

    /// Returns at once: a ledger that cannot be written must not keep stricter rules from being loaded. What fails is
    /// logged; the next load of the same file tries again.
    func keep(_ rules: RulesSnapshot, _ files: [RulesSignatures.Document]) {
        let content = files.map { (name: URL(fileURLWithPath: $0.path).lastPathComponent, content: $0.bytes) }
        Task {
            do throws(LedgerError) {
                try await ledger.keep(rulesDigest: rules.digest, files: content)
            } catch {
                logger.error(
                    "the text of the rules could not be kept in the ledger",
                    metadata: [
                        "event": "rules_not_kept", "rulesDigest": "\(rules.digest)", "code": "\(error.code.rawValue)",
                        "reason": "\(error.message)",
                    ])
            }
        }
    }
}
