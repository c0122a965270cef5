// From a whole HTTP request to its answer:
// bytes -> AuthenticatedRequest -> Decision -> RecordedDecision -> SignedResponse -> bytes.

import CallbackProtocol
import CallbackRules
import DecisionLedger
import HTTPSTransport
import Logging
import NIOConcurrencyHelpers
import NIOCore

/// Decides requests. One per server, used by every listener.
final class DecisionPipeline: Sendable {
    let snapshot: CurrentSnapshot
    private let ledger: DecisionLedger
    private let deadline: TimeAmount
    private let logger: Logger
    private let log: DecisionLog
    private let shadow: ShadowRules
    private let sinks: DecisionSinks
    private typealias Queues = (turn: NIOLoopBound<Turn>, answers: AnswerQueue)
    private let queuesOfLoops = NIOLockedValueBox<[ObjectIdentifier: Queues]>([:])
    /// The first of them waits for so many signatures less one.
    private static let signedTogether = 4

    init(
        snapshot: CurrentSnapshot, ledger: DecisionLedger, deadline: TimeAmount, logger: Logger, log: DecisionLog,
        shadow: ShadowRules, sinks: DecisionSinks
    ) {
        self.snapshot = snapshot
        self.ledger = ledger
        self.deadline = deadline
        self.logger = logger
        self.log = log
        self.shadow = shadow
        self.sinks = sinks
    }

    /// Answers a request that came on this event loop: with what is recorded, with RETRY where recording failed or the deadline
    /// came first, or with its refusal. A commit that ends after its RETRY left stands.
    func answer(_ request: ArrivedRequest, on eventLoop: any EventLoop) {
        let (turn, answers) = queues(eventLoop)
        turn.value.arrived.append(request)
        guard turn.value.arrived.count == 1 else { return }
        // Runs when the event loop has read every connection that had something to read.
        eventLoop.execute {
            let arrived = turn.value.arrived
            turn.value.arrived = []
            self.decide(arrived, turn, answers)
        }
    }

    /// Decides what came in one turn of an event loop: all of it is read, then all of it is decided, so that the processor has
    /// the code of a step at hand for all but the first. The decisions share a sync of the disk.
    private func decide(_ arrived: [ArrivedRequest], _ turn: NIOLoopBound<Turn>, _ answers: AnswerQueue) {
        let current = snapshot.value
        let authenticated = arrived.compactMap { arrived in
            do throws(ProtocolError) {
                return (arrived, try arrived.authenticate(current.authenticator))
            } catch {
                arrived.refuse(error)
                return nil
            }
        }
        for (arrived, request) in authenticated {
            let elapsed = (NIODeadline.now() - arrived.arrival).nanoseconds
            let time = Timestamp.now.earlier(nanoseconds: elapsed)
            let instant = RulesInstant(seconds: time.seconds, nanoseconds: Int32(time.nanoseconds))
            let proposal = current.rules.propose(request, at: instant)
            let exchange = PendingExchange(
                request: request, arrival: arrived.arrival, deadline: arrived.arrival + deadline, instant: instant,
                snapshot: current, promise: arrived.promise)
            turn.value.deadlines.add(exchange)
            let receivedAt = LedgerInstant(milliseconds: time.milliseconds)
            ledger.record(proposal, receivedAt: receivedAt, deferred: true) { result in
                // Here, on the writer's thread, decisions come in the order of the ledger. It only takes a reference.
                if case .success(let recorded) = result { self.sinks.offer(recorded) }
                answers.add(AnswerQueue.Outcome(exchange: exchange, result: result)) { outcomes in
                    self.answer(outcomes)
                    turn.value.deadlines.dropAnswered()
                }
            }
        }
        ledger.flush()
    }

    /// What the pipeline keeps for one event loop, and touches on it only.
    private final class Turn {
        let deadlines: DeadlineQueue
        /// What is about to be decided.
        var arrived: [ArrivedRequest] = []

        init(_ deadlines: DeadlineQueue) {
            self.deadlines = deadlines
        }
    }

    private func queues(_ eventLoop: any EventLoop) -> Queues {
        queuesOfLoops.withLockedValue { all in
            if let queues = all[ObjectIdentifier(eventLoop)] { return queues }
            let deadlines = DeadlineQueue(eventLoop: eventLoop) { [weak self] exchange in
                self?.retry(exchange, because: "the ledger did not confirm in time", code: "deadline")
            }
            let queues = (NIOLoopBound(Turn(deadlines), eventLoop: eventLoop), AnswerQueue(eventLoop: eventLoop))
            all[ObjectIdentifier(eventLoop)] = queues
            return queues
        }
    }

    /// Answers what one commit decided. Signatures are made some at a time and leave one after the other: a peer on this
    /// host, woken by the first, is awake for the others, which at full load costs less than waking it for each one.
    private func answer(_ outcomes: [AnswerQueue.Outcome]) {
        var rest = outcomes[...]
        while !rest.isEmpty {
            let group = rest.prefix(Self.signedTogether)
            rest = rest.dropFirst(group.count)
            let sealed = group.compactMap { outcome in seal(outcome).map { (outcome.exchange.promise, $0) } }
            for (promise, response) in sealed { promise.completeWith(response) }
            for outcome in group {
                guard case .success(let recorded) = outcome.result, let rules = outcome.exchange.snapshot.shadow else {
                    continue
                }
                shadow.compare(
                    recorded, of: outcome.exchange.request, with: rules, at: outcome.exchange.instant)
            }
        }
    }

    /// The answer, where none has left yet.
    private func seal(_ outcome: AnswerQueue.Outcome) -> Result<HTTPResponse, any Error>? {
        let exchange = outcome.exchange
        switch outcome.result {
        case .success(let recorded):
            let first = exchange.claim()
            log.decided(recorded, exchange.request, elapsedMilliseconds: exchange.elapsedMilliseconds, late: !first)
            return first ? seal { () throws(ProtocolError) in try SignedResponse(recorded, to: exchange) } : nil
        case .failure(let error):
            return retried(exchange, because: error.message, code: error.code.rawValue)
        }
    }

    private func retry(_ exchange: PendingExchange, because reason: String, code: String) {
        if let response = retried(exchange, because: reason, code: code) { exchange.promise.completeWith(response) }
    }

    private func retried(
        _ exchange: PendingExchange, because reason: String, code: String
    ) -> Result<HTTPResponse, any Error>? {
        guard exchange.claim() else { return nil }
        log.retried(exchange.request, code: code, reason: reason, elapsedMilliseconds: exchange.elapsedMilliseconds)
        return seal { () throws(ProtocolError) in try SignedResponse.retry(exchange) }
    }

    private func seal(_ response: () throws(ProtocolError) -> SignedResponse) -> Result<HTTPResponse, any Error> {
        do throws(ProtocolError) {
            return .success(try response().http)
        } catch {
            logger.critical("the answer could not be signed", metadata: ["code": "\(error.code.rawValue)"])
            return .failure(error)
        }
    }
}
