// Rules and requests for tests: a documented payment, and rules around it.

import CallbackProtocol
import CallbackRules
import Foundation
import Testing

/// A Saturday, 2026-11-21 10:30 in Zurich.
let saturdayMorning = RulesInstant(seconds: 1_795_253_400)

let evmAddress = "0x5dC69B1Fbb13Bafd09af88a782F0F285772Ad5f8"
let bech32Address = "bc1qjhm0h7vhdyu0d0luv34dlz654rmsvg8twywk99"
let base58Address = "1DpivPqJkLxbRwm4GpxXsNPKS29ou1NYdC"

struct RulesDidNotLoad: Error, CustomStringConvertible {
    let description: String
}

/// A rules file around some rules, with the lists and windows that tests use.
func rulesText(transactions: String = "[]", configurationChanges: String = "[]") -> String {
    """
    rules_version: 1
    name: test
    time_zone: Europe/Zurich
    lists:
      sanctioned: { addresses: ["\(base58Address)", "0x00000000000000000000000000000000000000ba"] }
      vaults: { ids: ["0", "12"] }
      notes: { ids: ["salary", "rent"] }
      kinds: { ids: [VAULT_ACCOUNT, ONE_TIME] }
    windows:
      office: { days: [mon, tue, wed, thu, fri], from: "08:00", to: "18:00" }
      weekend: { days: [sat, sun], from: "00:00", to: "24:00" }
    transactions: \(block(transactions))
    configuration_changes: \(block(configurationChanges))

    """
}

/// A list in block style on lines of its own, anything else as it is.
private func block(_ text: String) -> String {
    guard text.hasPrefix("-") else { return text }
    return "\n" + text.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n")
}

func loaded(_ text: String, lists: [String: String] = [:]) throws -> RulesSnapshot {
    let result = RulesSnapshot.load(file: "rules.yaml", text: Array(text.utf8)) { name in
        guard let list = lists[name] else { throw RulesDidNotLoad(description: "no such file") }
        return Array(list.utf8)
    }
    guard let snapshot = result.snapshot else {
        throw RulesDidNotLoad(description: result.diagnostics.map(\.description).joined(separator: "\n") + "\n" + text)
    }
    return snapshot
}

func diagnostics(_ text: String, lists: [String: String] = [:]) -> [Diagnostic] {
    RulesSnapshot.load(file: "rules.yaml", text: Array(text.utf8)) { name in
        guard let list = lists[name] else { throw RulesDidNotLoad(description: "no such file") }
        return Array(list.utf8)
    }.diagnostics
}

/// The documented ETH payment from vault 0 to vault 1 at the signing stage, changed as a test needs it.
func payment(_ change: (inout TransactionRequest) -> Void = { _ in }) -> TransactionRequest {
    var request = TransactionRequest(requestId: "9c794cee", stage: .signing)
    request.operation = "TRANSFER"
    request.sourceType = "VAULT"
    request.sourceId = "0"
    request.destType = "VAULT"
    request.destId = "1"
    request.asset = "ETH"
    request.amount = decimal("0.01")
    request.fee = decimal("0.0005")
    request.destAddressType = "WHITELISTED"
    request.destAddress = evmAddress
    request.destinations = [
        TransactionRequest.Destination(
            amountNative: decimal("0.01"), amountUSD: decimal("18.74"), displayDstAddress: evmAddress,
            addressType: "WHITELISTED", id: "1", name: "Network Deposits", subType: "", type: "VAULT", action: "ALLOW")
    ]
    change(&request)
    return request
}

/// A payment to several destinations, one per pair of US dollars and address.
func batch(_ parts: [(usd: String, address: String)]) -> TransactionRequest {
    payment { request in
        let one = request.destinations[0]
        request.destAddress = nil
        request.amount = decimal("100")
        request.destinations = parts.map { part in
            var destination = one
            destination.amountUSD = decimal(part.usd)
            destination.displayDstAddress = part.address
            return destination
        }
    }
}

func change(_ type: String?, _ extraInfo: [String: String] = [:]) -> ConfigurationChangeRequest {
    ConfigurationChangeRequest(
        requestId: "c0ffee00", type: type, signerId: "user-1",
        extraInfo: JSONObject(extraInfo.sorted { $0.key < $1.key }.map { JSONObject.Member($0.key, .string($0.value)) })
    )
}

func decimal(_ text: String) -> ExactDecimal {
    guard let number = ExactDecimal(plain: text) else {
        Issue.record("\(text) is no decimal")
        return .zero
    }
    return number
}

func evaluation(
    _ transactions: String, _ request: TransactionRequest, at instant: RulesInstant = saturdayMorning,
    cosigner: String? = "primary"
) throws -> Evaluation {
    try loaded(rulesText(transactions: transactions)).evaluate(
        EvaluationInput(content: .transaction(request), cosigner: cosigner, listener: "127.0.0.1:8443"), at: instant,
        tracing: true)
}

func evaluation(
    configuration: String, _ request: ConfigurationChangeRequest, at instant: RulesInstant = saturdayMorning
) throws -> Evaluation {
    try loaded(rulesText(configurationChanges: configuration)).evaluate(
        EvaluationInput(content: .configuration(request), cosigner: "primary", listener: "127.0.0.1:8443"),
        at: instant, tracing: true)
}

/// The effect of one rule with the given effect and body, written in YAML's flow style.
func effect(of effect: RuleEffect, when: String, unless: String? = nil, _ request: TransactionRequest) throws
    -> Verdict
{
    let exception = unless.map { ", unless: \($0)" } ?? ""
    return try evaluation("- { id: rule, effect: \(effect.rawValue), when: \(when)\(exception) }", request).effect
}

/// Whether one approve rule approves, and whether one reject rule stops beside a rule that approves every operation.
func outcome(when: String, _ request: TransactionRequest) throws -> (approves: Bool, stops: Bool) {
    let operation = request.operation ?? "TRANSFER"
    let named = when.contains("operation:") ? when : "{ operation: \(operation), " + when.dropFirst()
    let approves = try effect(of: .approve, when: named, request) == .approve
    let stops = try evaluation("- { id: rule, effect: reject, when: \(when) }", request).rule == "rule"
    return (approves, stops)
}
