// What can be replaced while serving. A request uses the snapshot that it started with.

import CallbackProtocol
import CallbackRules
import NIOConcurrencyHelpers

/// Keys and rules of one moment, immutable.
struct ServerSnapshot: Sendable {
    var authenticator: RequestAuthenticator
    var responseKeys: ResponseKeys
    var rules: RulesSnapshot
    /// Rules on trial.
    var shadow: RulesSnapshot?
}

/// The current snapshot, replaced as a whole.
final class CurrentSnapshot: Sendable {
    private let box: NIOLockedValueBox<ServerSnapshot>

    init(_ snapshot: ServerSnapshot) {
        box = NIOLockedValueBox(snapshot)
    }

    var value: ServerSnapshot { box.withLockedValue { $0 } }

    func replaceRules(_ rules: RulesSnapshot, shadow: RulesSnapshot?) {
        box.withLockedValue { ($0.rules, $0.shadow) = (rules, shadow) }
    }
}

/// The keys that sign answers: one for all API users, or one of an API user's own.
struct ResponseKeys: Sendable {
    var `default`: ResponseSigner
    var signers: [String: ResponseSigner]

    func signer(for signerId: String?) -> ResponseSigner {
        signerId.flatMap { signers[$0] } ?? `default`
    }
}
