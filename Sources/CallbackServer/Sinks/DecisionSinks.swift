// All sinks of a server.

import DecisionLedger
import Foundation
import HTTPSTransport
import Logging
import NIOCore
import NIOPosix

/// Offers recorded decisions to every sink. The ledger is the record; sinks are copies for those who watch.
final class DecisionSinks: Sendable {
    /// How long the server's end waits for collectors.
    private static let flushTime = TimeAmount.seconds(2)

    private let sinks: [SyslogSink]

    init(_ sinks: [SyslogSink]) {
        self.sinks = sinks
    }

    /// Reads the certificates that the sinks trust; connects to nothing yet.
    static func load(_ configurations: [SinkConfiguration], logger: Logger) throws -> DecisionSinks {
        DecisionSinks(
            try configurations.map { configuration in
                let process = ProcessInfo.processInfo.processIdentifier
                return SyslogSink(
                    configuration, tls: try context(configuration.transport),
                    origin: .here(process: process, facility: configuration.facility),
                    // A loop that decides nothing, and lives as long as the process: a name lookup may outlive the server.
                    eventLoop: MultiThreadedEventLoopGroup.singleton.any(), logger: logger)
            })
    }

    private static func context(_ transport: SinkConfiguration.Transport) throws -> TLSClientContext? {
        switch transport {
        case .tcp: return nil
        case .tls(nil):
            return try TLSClientContext(verification: .systemTrust(extraRoots: []), applicationProtocols: [])
        case .tls(let ca?):
            guard let pem = FileManager.default.contents(atPath: ca) else {
                throw ServerError(.fileUnreadable, "The file \(ca) of a sink's ca cannot be read")
            }
            do throws(TransportError) {
                return try TLSClientContext(verification: .onlyRoots([Array(pem)]), applicationProtocols: [])
            } catch {
                throw ServerError(.fileUnreadable, "The file \(ca) of a sink's ca cannot be used: \(error.message)")
            }
        }
    }

    func start() {
        for sink in sinks { sink.start() }
    }

    /// Takes a decision after it is durable. Repeats are answers, not decisions.
    func offer(_ decision: RecordedDecision) {
        guard !decision.isRepeat else { return }
        for sink in sinks { sink.offer(decision) }
    }

    /// What somebody should look at although the server decides.
    var warnings: [String] { sinks.flatMap(\.status.warnings) }

    /// Sends what waits, within a bound, and closes every connection.
    func finish() async {
        await withTaskGroup(of: Void.self) { group in
            for sink in sinks { group.addTask { await sink.finish(within: Self.flushTime) } }
        }
    }
}
