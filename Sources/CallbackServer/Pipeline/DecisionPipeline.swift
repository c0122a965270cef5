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
    private let deadlineQueues = NIOLockedValueBox<[ObjectIdentifier: NIOLoopBound<DeadlineQueue>]>([:])

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

    /// Reads a body in public-key mode or in certificate mode.
    func authenticate(
        _ body: ByteBuffer, kind: RequestKind, mode: ServerConfiguration.Mode, listener: String
    ) throws(ProtocolError) -> AuthenticatedRequest {
        let bytes = Array(body.readableBytesView)
        return switch mode {
        case .publicKey:
            try snapshot.value.authenticator.authenticate(token: bytes, kind: kind, listener: listener)
        case .certificate:
            try RequestAuthenticator.acceptUnauthenticated(json: bytes, kind: kind, listener: listener)
        }
    }

    /// Decides an authenticated request, records the decision, and answers: with what is recorded, or with RETRY where
    /// recording failed or the deadline came first. A commit that ends after its RETRY left stands.
    func answer(
        _ request: AuthenticatedRequest, arrival: NIODeadline, on eventLoop: any EventLoop
    ) -> EventLoopFuture<HTTPResponse> {
        let current = snapshot.value
        let elapsed = (NIODeadline.now() - arrival).nanoseconds
        let arrived = Timestamp.now.earlier(nanoseconds: elapsed)
        let instant = RulesInstant(seconds: arrived.seconds, nanoseconds: Int32(arrived.nanoseconds))
        let proposal = current.rules.propose(request, at: instant)
        let answered = eventLoop.makePromise(of: HTTPResponse.self)
        let exchange = PendingExchange(
            request: request, arrival: arrival, deadline: arrival + deadline, keys: current.responseKeys,
            promise: answered)
        deadlines(eventLoop).add(exchange)
        let receivedAt = LedgerInstant(milliseconds: arrived.milliseconds)
        ledger.record(proposal, receivedAt: receivedAt, deferred: true) { result in
            // Here, on the writer's thread, decisions come in the order of the ledger. It only takes a reference.
            if case .success(let recorded) = result { self.sinks.offer(recorded) }
            eventLoop.execute {
                switch result {
                case .success(let recorded):
                    self.finish(exchange, recorded)
                    if let shadow = current.shadow {
                        self.shadow.compare(recorded, of: request, with: shadow, at: instant)
                    }
                case .failure(let error): self.retry(exchange, because: error.message, code: error.code.rawValue)
                }
                self.deadlines(eventLoop).dropAnswered()
            }
        }
        // Runs when the event loop has read every connection that had something to read: their decisions go together.
        eventLoop.execute { self.ledger.flush() }
        return answered.futureResult
    }

    /// The queue of the event loop on which this runs.
    private func deadlines(_ eventLoop: any EventLoop) -> DeadlineQueue {
        deadlineQueues.withLockedValue { queues in
            if let queue = queues[ObjectIdentifier(eventLoop)] { return queue }
            let queue = DeadlineQueue(eventLoop: eventLoop) { [weak self] exchange in
                self?.retry(exchange, because: "the ledger did not confirm in time", code: "deadline")
            }
            let bound = NIOLoopBound(queue, eventLoop: eventLoop)
            queues[ObjectIdentifier(eventLoop)] = bound
            return bound
        }.value
    }

    private func finish(_ exchange: PendingExchange, _ recorded: RecordedDecision) {
        let first = exchange.claim()
        log.decided(recorded, exchange.request, elapsedMilliseconds: exchange.elapsedMilliseconds, late: !first)
        guard first else { return }
        send(exchange) { () throws(ProtocolError) in
            try SignedResponse(recorded, to: exchange.request, keys: exchange.keys)
        }
    }

    private func retry(_ exchange: PendingExchange, because reason: String, code: String) {
        guard exchange.claim() else { return }
        log.retried(exchange.request, code: code, reason: reason, elapsedMilliseconds: exchange.elapsedMilliseconds)
        send(exchange) { () throws(ProtocolError) in
            try SignedResponse.retry(exchange.request, keys: exchange.keys)
        }
    }

    private func send(_ exchange: PendingExchange, _ seal: () throws(ProtocolError) -> SignedResponse) {
        do throws(ProtocolError) {
            exchange.promise.succeed(try seal().http)
        } catch {
            logger.critical("the answer could not be signed", metadata: ["code": "\(error.code.rawValue)"])
            exchange.promise.fail(error)
        }
    }
}
