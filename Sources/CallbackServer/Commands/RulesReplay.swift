// callback-server rules replay

import ArgumentParser
import CallbackProtocol
import CallbackRules
import DecisionLedger

struct RulesReplay: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract:
            "Run the recorded requests of the ledger against a rules file, and list what would have been different.",
        discussion: """
            Each request is evaluated as it came: its payload, co-signer, listener and instant of arrival, with the \
            signatures that people had given by then, and limits as if these rules had been in force from the first \
            replayed request on. Refusals of changed payloads are left out. Where a member is masked in the ledger, rules \
            that ask for it see the mask. Exit code 3 when something would have been different.
            """)

    @Argument(help: ArgumentHelp("The rules file.", valueName: "RULES"))
    var rules: String

    @OptionGroup var file: ConfigurationOption
    @OptionGroup(title: "Filters") var options: DecisionFilterOptions

    @Flag(help: "One JSON value per difference.")
    var json = false

    func run() throws {
        let snapshot = try RulesFile(path: rules).snapshot()
        let reader = try LedgerAccess(configuration: try file.read().ledger).reader()
        var replay = Replay(rules: snapshot)
        // Holds are few beside decisions.
        let holds = Dictionary(grouping: try reader.holds(), by: \.requestId)
        try reader.each(options.filter, withPayloads: true) { decision in
            guard let difference = replay.next(decision, holds: holds[decision.requestId] ?? []) else { return }
            print(json ? difference.json : difference.text)
        }
        if !json { print(replay.summary) }
        if replay.differences > 0 { throw ExitCode.checkFoundProblems }
    }
}

/// A replay in progress.
struct Replay {
    let rules: RulesSnapshot
    private let history = ReplayHistory()
    private(set) var requests = 0
    private(set) var differences = 0
    private var newlyApproved = Money()
    private var noLongerApproved = Money()

    init(rules: RulesSnapshot) {
        self.rules = rules
    }

    /// Decisions and what they moved, in US dollars where every one has a price.
    private struct Money {
        var decisions = 0
        var usd = ExactDecimal.zero
        var unpriced = 0

        mutating func add(_ amount: ExactDecimal?) {
            decisions += 1
            if let amount { usd = usd + amount } else { unpriced += 1 }
        }

        var text: String {
            "\(decisions) (\(usd.text(decimals: 2)) USD\(unpriced > 0 ? ", and \(unpriced) without a price" : ""))"
        }
    }

    /// One decision that would have come out otherwise.
    struct Difference {
        let recorded: RecordedDecision
        let verdict: CallbackAction
        let rule: String?
        let reason: String?

        var text: String {
            let by = rule.map { " by \($0)" } ?? ""
            let why = reason.map { ": \($0)" } ?? ""
            let was = recorded.action.rawValue + (recorded.rule.map { " by \($0)" } ?? "")
            return visible(
                "\(recorded.sequence) \(recorded.requestId): was \(was), would be \(verdict.rawValue)\(by)\(why)")
        }

        var json: String {
            var members: [JSONObject.Member] = [
                .init("sequence", .number(String(recorded.sequence))), .init("requestId", .string(recorded.requestId)),
                .init("from", .string(recorded.action.rawValue)), .init("to", .string(verdict.rawValue)),
            ]
            if let rule = recorded.rule { members.append(.init("fromRule", .string(rule))) }
            if let rule { members.append(.init("toRule", .string(rule))) }
            if let reason { members.append(.init("reason", .string(reason))) }
            return String(decoding: JSONValue.object(JSONObject(members)).serialized(), as: UTF8.self)
        }
    }

    /// Evaluates one recorded request; `nil` where nothing would be different.
    ///
    /// - Parameter holds: those of its requestId.
    mutating func next(_ recorded: RecordedDecision, holds: [Hold] = []) -> Difference? {
        guard !recorded.isConflict, let payload = recorded.payload else { return nil }
        requests += 1
        let instant = RulesInstant(milliseconds: recorded.receivedAt.milliseconds)
        let time = recorded.recordedAt.milliseconds
        let view = history.view(of: recorded.requestId, at: time, holds: recorded.holds(among: holds))
        let evaluation: Evaluation
        var amount: ExactDecimal?
        do throws(ProtocolError) {
            let request = try RequestAuthenticator.acceptUnauthenticated(
                json: Array(payload.utf8), kind: recorded.kind, listener: recorded.listener)
            if case .transaction(let transaction) = request.content {
                amount = Self.dollars(transaction)
            }
            evaluation = rules.explain(
                request.content, cosigner: recorded.cosigner, listener: recorded.listener, at: instant, view: view)
        } catch {
            return nil
        }
        let verdict = CallbackAction(evaluation.effect)
        if verdict == .approve { history.charge(evaluation.charges, for: recorded.requestId, at: time) }
        guard verdict != recorded.action else { return nil }
        differences += 1
        if verdict == .approve { newlyApproved.add(amount) }
        if recorded.action == .approve { noLongerApproved.add(amount) }
        return Difference(
            recorded: recorded, verdict: verdict, rule: evaluation.rule, reason: evaluation.reason)
    }

    private static func dollars(_ request: TransactionRequest) -> ExactDecimal? {
        var sum = ExactDecimal.zero
        for destination in request.destinations {
            guard let amount = destination.amountUSD else { return nil }
            sum = sum + amount
        }
        return request.destinations.isEmpty ? nil : sum
    }

    var summary: String {
        """
        \(requests) requests replayed, \(differences) would have been different
            newly approved: \(newlyApproved.text)
            no longer approved: \(noLongerApproved.text)
        """
    }
}
