// What can be replaced while serving. A request uses the snapshot that it started with.

import CallbackProtocol
import CallbackRules
import NIOConcurrencyHelpers

/// Keys and rules of one moment, immutable; an object, so that each request takes one reference.
final class ServerSnapshot: Sendable {
    let authenticator: RequestAuthenticator
    let responseKeys: ResponseKeys
    let rules: RulesSnapshot
    /// Rules on trial.
    let shadow: RulesSnapshot?

    init(
        authenticator: RequestAuthenticator, responseKeys: ResponseKeys, rules: RulesSnapshot,
        shadow: RulesSnapshot? = nil
    ) {
        self.authenticator = authenticator
        self.responseKeys = responseKeys
        self.rules = rules
        self.shadow = shadow
    }
}

/// The current snapshot, replaced as a whole.
final class CurrentSnapshot: Sendable {
    private let box: NIOLockedValueBox<ServerSnapshot>

    init(_ snapshot: ServerSnapshot) {
        box = NIOLockedValueBox(snapshot)
    }

    var value: ServerSnapshot { box.withLockedValue { $0 } }

    func replaceRules(_ rules: RulesSnapshot, shadow: RulesSnapshot?) {
        box.withLockedValue { current in
            current = ServerSnapshot(
                authenticator: current.authenticator, responseKeys: current.responseKeys, rules: rules, shadow: shadow)
        }
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
