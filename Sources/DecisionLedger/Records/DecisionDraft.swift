// A decision on its way to the disk: everything of the row that does not depend on where it lands.

import CallbackProtocol
import CallbackRules
import Synchronization
import SystemCrypto

/// A row without its sequence and time. Made on the caller's thread, so that the one writer has little to do.
///
/// Immutable; an object, so that handing it on copies one reference.
final class DecisionDraft: Sendable {
    let requestId: String
    let txId: String?
    let externalTxId: String?
    let kind: RequestKind
    let stage: RequestStage
    let authenticator: String
    let cosigner: String?
    let listener: String
    let signerId: String?
    /// Who asks for what: the identity without its requestId.
    let requester: Int64
    let payloadDigest: String
    let payload: String
    let storedPayloadDigest: String
    let payloadSize: Int
    /// Members of the record that stand for what was taken out of the stored payload, as RFC 8785 text; mostly `nil`.
    let commitments: String?
    let salt: [UInt8]?
    let summary: JSONObject
    let summaryText: String
    let canonicalSummary: String
    let asset: String?
    let amount: ExactDecimal?
    let amountUSD: ExactDecimal?
    let receivedAt: LedgerInstant
    /// What the rules say, now or within the transaction.
    let proposal: Proposal

    /// - Parameter mask: members of the payload that are not stored in clear.
    init(_ proposal: Proposal, receivedAt: LedgerInstant, mask: [String] = []) {
        let request = proposal.request
        let identity = request.identity
        let payload = PayloadText(request, mask: mask)
        let facts = DecisionSummary(request.content)
        requestId = identity.requestId
        txId = facts.txId
        externalTxId = facts.externalTxId
        kind = identity.kind
        stage = identity.stage
        authenticator = identity.authenticator.storable
        cosigner = request.cosignerName?.storable
        listener = request.listener.storable
        signerId = identity.signerId?.storable
        requester = Self.requester(identity)
        payloadDigest = SHA256Digest.label(request.payloadDigest)
        self.payload = payload.text
        storedPayloadDigest =
            payload.digest == request.payloadDigest ? payloadDigest : SHA256Digest.label(payload.digest)
        payloadSize = request.payload.count
        commitments = payload.commitments
        salt = payload.salt
        summary = facts.object
        summaryText = CanonicalJSON.text(of: facts.object, sorted: false)
        canonicalSummary = CanonicalJSON.text(of: facts.object, sorted: true)
        asset = facts.asset
        amount = facts.amount
        amountUSD = facts.amountUSD
        self.receivedAt = receivedAt
        self.proposal = proposal
    }

    /// All of the identity but the requestId as one number, so that the index of identities stays narrow. Whoever finds
    /// two requesters with one number (2^32 attempts) makes them share a request: the second is refused or asked to retry.
    private static func requester(_ identity: RequestIdentity) -> Int64 {
        requester(
            authenticator: identity.authenticator, kind: identity.kind, stage: identity.stage,
            signerId: identity.signerId)
    }

    static func requester(
        authenticator: String, kind: RequestKind, stage: RequestStage, signerId: String?
    ) -> Int64 {
        // Bytes, as Swift takes texts for equal that only look alike.
        var text: [UInt8] = []
        text.reserveCapacity(128)
        for part in [authenticator, kind.rawValue, stage.rawValue] {
            text += part.utf8
            text.append(0)
        }
        text.append(UInt8(ascii: signerId == nil ? "-" : "="))
        if let signerId { text += signerId.utf8 }
        let key = RequesterText(bytes: text)
        if let number = known.withLock({ $0[key] }) { return number }
        let number = SHA256Digest.hash(text).prefix(8).reduce(0) { $0 << 8 | Int64($1) }
        known.withLock { known in
            // Few ask; whoever makes up new signers all the time gets nothing kept for long.
            if known.count >= 256 { known.removeAll(keepingCapacity: true) }
            known[key] = number
        }
        return number
    }

    /// The numbers of those who asked lately.
    private static let known = Mutex<[RequesterText: Int64]>([:])
}

/// Bytes that are looked up: an array's own hash takes them one at a time.
private struct RequesterText: Hashable {
    let bytes: [UInt8]

    func hash(into hasher: inout Hasher) {
        bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
    }
}
