// Rules with limits and holds, and the same limits as plain figures to check the ledger by.

import Foundation
import SystemCrypto
import Testing

@testable import CallbackRules
@testable import DecisionLedger

/// `payout` approves up to 100 USD, `large` holds what is above; both have limits.
struct LimitedRules: Sendable {
    struct Limit: Sendable, Hashable {
        let rule: String
        let name: String
        /// Of the sum in USD, or of the number of requests.
        let bound: Int
        let countsRequests: Bool
        /// Milliseconds.
        let period: Int64
    }

    let limits: [Limit]
    let text: String
    let snapshot: RulesSnapshot
    /// The fingerprint of the one approver's key.
    let approver: String

    init(day: Int = 600, burst: Int = 12, few: Int = 3) throws {
        limits = [
            Limit(rule: "payout", name: "day", bound: day, countsRequests: false, period: 86_400_000),
            Limit(rule: "payout", name: "burst", bound: burst, countsRequests: true, period: 3_600_000),
            Limit(rule: "large", name: "few", bound: few, countsRequests: true, period: 86_400_000),
        ]
        let key = try Ed25519PrivateKey.generate().publicKey.bytes
        let type = Array("ssh-ed25519".utf8)
        let blob = [0, 0, 0, UInt8(type.count)] + type + [0, 0, 0, UInt8(key.count)] + key
        approver =
            "SHA256:" + Data(SHA256Digest.hash(blob)).base64EncodedString().trimmingCharacters(in: ["="])
        text = """
            rules_version: 1
            name: faults
            time_zone: UTC
            approvers:
              desk:
                required: 1
                keys: { alice: "ssh-ed25519 \(Data(blob).base64EncodedString())" }
            transactions:
              - id: payout
                effect: approve
                when: { operation: TRANSFER, asset: ETH, amount_usd: { at_most: "100" } }
                limits:
                  - { id: day, amount_usd: "\(day)", per: 24h }
                  - { id: burst, count: \(burst), per: 1h, when_exceeded: retry }
              - id: large
                effect: hold
                approvers: desk
                expires_after: 45m
                when: { operation: TRANSFER, asset: ETH, amount_usd: { more_than: "100" } }
                limits:
                  - { id: few, count: \(few), per: 24h }
            configuration_changes: []
            """
        snapshot = try rules(text)
    }
}
