// Decisions for the tests of formats and sinks: real rows of a real ledger, at fixed times, with values that attack formats.

import Foundation
import TestSupport
import Testing

@testable import CallbackProtocol
@testable import CallbackRules
@testable import DecisionLedger

/// One request, and what the rules said to it.
struct SampleDecision {
    var requestId = "9c794cee-7e27-46c9-9e9a-ed68295ff06b"
    var isFromCosigner = true
    var stage = RequestStage.signing
    var signerId: String? = "signer-1"
    var note = ""
    var action = CallbackAction.approve
    var rule: String? = "small-payout"
    var reason: String?
    var txId: String? = "7b1f0a55-33a6-4a5b-8a63-5a9f5e0f1a11"
    var externalTxId: String? = "payout-4711"
    var addresses = ["0x5dC69B1Fbb13Bafd09af88a782F0F285772Ad5f8"]
    var content: AuthenticatedRequest.Content?

    var decision: Decision {
        var request = TransactionRequest(requestId: requestId, stage: stage)
        (request.signerId, request.txId, request.externalTxId) = (signerId, txId, externalTxId)
        request.operation = "TRANSFER"
        (request.sourceType, request.sourceId) = ("VAULT", "0")
        request.asset = "ETH"
        request.amount = ExactDecimal(plain: "0.010000000000000001")
        request.destinations = addresses.enumerated().map { index, address in
            TransactionRequest.Destination(
                amountUSD: ExactDecimal(jsonNumber: "18.74292937"), displayDstAddress: address, id: String(index + 1),
                type: "VAULT")
        }
        let content = content ?? .transaction(request)
        var kind = RequestKind.transaction
        if case .configuration = content { kind = .configuration }
        let payload = "{\"requestId\":\"\(requestId.filter { $0 != "\"" && $0 != "\\" })\",\"note\":\"\(note)\"}"
        let origin: RequestOrigin =
            isFromCosigner
            ? .cosigner(name: "primary", keyFingerprint: [UInt8](repeating: 7, count: 32))
            : .listener(address: "127.0.0.1:8444")
        return Decision(
            request: AuthenticatedRequest(
                origin: origin, listener: isFromCosigner ? "127.0.0.1:8443" : "127.0.0.1:8444", kind: kind,
                payload: Array(payload.utf8), content: content),
            action: action, rule: rule, reason: reason,
            rulesDigest: "sha256:4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945")
    }

    func with(_ change: (inout SampleDecision) -> Void) -> SampleDecision {
        var copy = self
        change(&copy)
        return copy
    }
}

enum ExportFixture {
    /// Everything that a format escapes, and a forged field for each of them.
    static let hostile = #"a|b\c=d]e"f[g] act=APPROVE |0| CEF:0 <34>1 ["#
    static let hostileText =
        "\(hostile)\nact=APPROVE\r\n<13>1 - - - - - -\ttab \u{1b}[31m\u{7f}\u{85}\u{2028} é 漢字 🙂 \u{202e}end"

    /// One of each kind, oldest first.
    static var samples: [SampleDecision] {
        let plain = SampleDecision()
        let long = String(repeating: hostile, count: 6).prefix(256)
        let change = ConfigurationChangeRequest(
            requestId: "change-1", type: "EXTERNAL_WALLET", signerId: "signer-2",
            extraInfo: JSONObject([
                .init("subType", .string("NEW")), .init("walletName", .string("Cold = \"store\" | 1")),
                .init("networkConnectionId", .string("n-1")), .init("apiKey", .string("never-shown")),
            ]))
        let malformed = MalformedRequest(
            requestId: "malformed-1", signerId: nil, stage: .signing, code: "request_bad_amount",
            reason: "amountStr: not a decimal")
        return [
            plain,
            plain.with {
                $0.requestId = String(long)
                ($0.action, $0.rule, $0.reason) = (.reject, hostile, hostileText)
                ($0.signerId, $0.externalTxId) = (String(long), hostileText)
                $0.addresses = [hostileText, "second\nline"]
            },
            plain.with {
                $0.requestId = "retry-1"
                $0.isFromCosigner = false
                ($0.action, $0.rule, $0.reason) = (.retry, nil, "the price is not known")
                $0.signerId = nil
            },
            plain.with {
                $0.requestId = "ignore-1"
                ($0.stage, $0.action, $0.rule, $0.reason) = (.approval, .ignore, "others-decide", "left to others")
                ($0.txId, $0.externalTxId) = (nil, nil)
            },
            plain.with {
                $0.requestId = "change-1"
                ($0.stage, $0.rule, $0.content) = (.approval, "wallets", .configuration(change))
            },
            // Another payload under the identity of the first.
            plain.with { $0.note = "changed" },
            plain.with {
                $0.requestId = "malformed-1"
                ($0.action, $0.rule, $0.reason) = (.reject, nil, "malformed request: amountStr")
                $0.content = .malformed(malformed)
            },
            plain.with {
                $0.requestId = "many-1"
                $0.externalTxId = String(repeating: "€]", count: 1_000)
                $0.addresses = (1...40).map { "bc1q\($0)" + String(repeating: "\"", count: 300) }
            },
        ]
    }

    static func decisions() async throws -> [RecordedDecision] { try await record(samples) }

    /// Decisions with different requests and the sequence numbers 1 to `count`.
    static func decisions(_ count: Int) async throws -> [RecordedDecision] {
        try await record((1...count).map { number in SampleDecision().with { $0.requestId = "request-\(number)" } })
    }

    private static func record(_ samples: [SampleDecision]) async throws -> [RecordedDecision] {
        let directory = try TemporaryDirectory()
        let time = try #require(LedgerInstant("2026-11-21T09:30:00.123Z"))
        var options = LedgerOptions()
        options.minimumFreeBytes = 0
        options.queueCapacity = samples.count
        let ledger = try DecisionLedger.open(
            path: directory.file("ledger.sqlite").path, options: options, clock: LedgerClock { time })
        defer { ledger.close() }
        let received = LedgerInstant(milliseconds: time.milliseconds - 45)
        let recorded = await withTaskGroup(of: RecordedDecision?.self) { group in
            // The writer keeps the order in which they are handed over.
            for sample in samples {
                let result = RecordedPromise()
                ledger.record(Proposal(sample.decision), receivedAt: received) { result.set(try? $0.get()) }
                group.addTask { await result.value }
            }
            return await group.reduce(into: [RecordedDecision]()) { if let decision = $1 { $0.append(decision) } }
        }
        try #require(recorded.count == samples.count)
        return recorded.sorted { $0.sequence < $1.sequence }
    }
}

/// A decision that is still to be recorded.
private final class RecordedPromise: Sendable {
    private let stream: AsyncStream<RecordedDecision?>
    private let continuation: AsyncStream<RecordedDecision?>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream()
    }

    func set(_ decision: RecordedDecision?) {
        continuation.yield(decision)
        continuation.finish()
    }

    var value: RecordedDecision? {
        get async { for await decision in stream { return decision }; return nil }
    }
}
