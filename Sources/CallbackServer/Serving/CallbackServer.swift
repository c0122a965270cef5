// Puts a server together from its configuration, runs it, and takes it down in order.

import CallbackProtocol
import CallbackRules
import DecisionLedger
import HTTPSTransport
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import UnixSignals

/// One callback server: keys, rules and ledger loaded, listeners open.
final class CallbackServer: Service {
    private let configuration: ServerConfiguration
    private let snapshot: CurrentSnapshot
    private let ledger: DecisionLedger
    private let group: MultiThreadedEventLoopGroup
    private let http: HTTPServer
    private let readiness: Readiness
    private let refusals: RefusalLog
    private let reloader: RulesReloader
    private let shadow: ShadowRules
    private let sinks: DecisionSinks
    private let hangups: UnixSignalsSequence
    private let logger: Logger
    /// What is shown at start: addresses, fingerprints and digests, never a secret.
    let summary: [String]

    private init(
        configuration: ServerConfiguration, snapshot: CurrentSnapshot, ledger: DecisionLedger,
        group: MultiThreadedEventLoopGroup, http: HTTPServer, readiness: Readiness, refusals: RefusalLog,
        reloader: RulesReloader, shadow: ShadowRules, sinks: DecisionSinks, hangups: UnixSignalsSequence,
        logger: Logger, summary: [String]
    ) {
        self.configuration = configuration
        self.snapshot = snapshot
        self.ledger = ledger
        self.group = group
        self.http = http
        self.readiness = readiness
        self.refusals = refusals
        self.reloader = reloader
        self.shadow = shadow
        self.sinks = sinks
        self.hangups = hangups
        self.logger = logger
        self.summary = summary
    }

    /// Loads everything and opens the listeners; nothing is left open when it throws.
    static func start(
        _ configuration: ServerConfiguration, logger: Logger, log: DecisionLog
    ) async throws -> CallbackServer {
        // From here on a hangup asks for a reload, and does not end the process.
        let hangups = await UnixSignalsSequence(trapping: .sighup)
        let parts = try Parts.load(configuration)
        let sinks = try DecisionSinks.load(configuration.sinks, logger: logger)
        let ledger = try LedgerAccess(configuration).open()
        let snapshot = CurrentSnapshot(parts.snapshot)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: Processors.available)
        let refusals = RefusalLog(logger: logger, eventLoop: group.next())
        let shadow = ShadowRules(logger: logger)
        let pipeline = DecisionPipeline(
            snapshot: snapshot, ledger: ledger, deadline: configuration.deadline, logger: logger, log: log,
            shadow: shadow, sinks: sinks)
        let keeper = RulesKeeper(ledger: ledger, logger: logger)
        keeper.keep(parts.snapshot.rules, parts.rulesFiles)
        let reloader = RulesReloader(
            files: ServedRules(configuration), snapshot: snapshot, keeper: keeper, logger: logger)
        let holds = HoldsService(ledger: ledger, snapshot: snapshot, logger: logger)
        let readiness = Readiness(ledger: ledger, reloader: reloader, sinks: sinks)
        var listeners = try zip(configuration.listeners, parts.tls).map { listener, tls in
            try ListenerConfiguration(
                name: listener.address.description,
                address: .tcp(host: listener.address.host, port: listener.address.port), tls: tls,
                allowFrom: listener.allowFrom?.map { try CIDR($0) },
                service: CallbackService(listener, pipeline: pipeline, refusals: refusals))
        }
        if let admin = configuration.admin {
            listeners.append(
                ListenerConfiguration(
                    name: "admin", address: .tcp(host: admin.address.host, port: admin.address.port),
                    tls: parts.adminTLS, allowFrom: nil, isAdministrative: true,
                    service: AdminService(
                        readiness: readiness, holds: admin.holds ? holds : nil, refusals: refusals)))
        }
        listeners.append(
            ListenerConfiguration(
                name: "control", address: .unix(path: configuration.controlSocket), tls: nil, allowFrom: nil,
                isAdministrative: true,
                service: ControlService(reloader: reloader, holds: holds, refusals: refusals)))
        do {
            let http = try await HTTPServer.start(listeners: listeners, limits: configuration.limits, group: group)
            sinks.start()
            let summary = StartSummary(configuration: configuration, parts: parts, addresses: http.addresses).lines
            return CallbackServer(
                configuration: configuration, snapshot: snapshot, ledger: ledger, group: group, http: http,
                readiness: readiness, refusals: refusals, reloader: reloader, shadow: shadow, sinks: sinks,
                hangups: hangups, logger: logger, summary: summary)
        } catch {
            ledger.close()
            try? await group.shutdownGracefully()
            throw error
        }
    }

    /// Serves until the service group begins its graceful shutdown, then drains: no new connections, requests in
    /// progress are answered, queued decisions are committed.
    func run() async throws {
        for await _ in hangups.cancelOnGracefulShutdown() { reloader.reload() }
        try? await gracefulShutdown()
        logger.notice("stopping", metadata: ["event": "stopping"])
        readiness.beginDraining()
        await http.shutdown(gracePeriod: configuration.deadline + .seconds(1))
        refusals.finish()
        ledger.close()
        await sinks.finish()
        try await group.shutdownGracefully()
        let (compared, different) = shadow.counts
        if compared > 0 {
            logger.notice(
                "shadow rules compared",
                metadata: [
                    "event": "shadow_summary", "compared": .stringConvertible(compared),
                    "differences": .stringConvertible(different),
                ])
        }
        logger.notice("stopped", metadata: ["event": "stopped"])
    }
}
