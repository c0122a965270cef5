// A sink and collectors in all their moods. Decisions are offered by the test; no server is there.

import CallbackProtocol
import DecisionLedger
import Foundation
import HTTPSTransport
import Logging
import NIOCore
import NIOPosix
import SystemCrypto
import TestSupport
import Testing

@testable import callback_server

@Suite(.timeLimit(.minutes(3)), .serialized) struct SyslogSinkTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func sink(
        port: Int, queue: Int = 10_000, tls: TLSClientContext? = nil, format: SinkConfiguration.Format = .syslog,
        times: (inout SyslogSink.Times) -> Void = { _ in }
    ) -> SyslogSink {
        var patience = SyslogSink.Times()
        patience.firstPause = .milliseconds(20)
        patience.longestPause = .milliseconds(200)
        times(&patience)
        return SyslogSink(
            SinkConfiguration(
                transport: tls == nil ? .tcp : .tls(ca: nil), host: "127.0.0.1", port: port, format: format,
                queue: queue,
                facility: .local0),
            tls: tls, origin: EventOrigin(host: "signer-1", process: 1),
            eventLoop: MultiThreadedEventLoopGroup.singleton.any(), logger: Logger(label: "sink"), times: patience)
    }

    /// A certificate for 127.0.0.1, and the context of a client that trusts its authority.
    private func identity(
        _ request: DevelopmentCertificateAuthority.Request = .localhost
    ) throws -> ((certificate: String, key: String), TLSClientContext) {
        let authority = try DevelopmentCertificateAuthority()
        let identity = try authority.issue(request)
        let name = UUID().uuidString
        let files = (
            certificate: try directory.write("\(name).pem", identity.certificatePEM),
            key: try directory.write("\(name).key", identity.privateKeyPEM)
        )
        let context = try TLSClientContext(
            verification: .onlyRoots([Array(authority.certificatePEM.utf8)]), applicationProtocols: [])
        return (files, context)
    }

    @Test(arguments: [false, true])
    func everyDecisionArrivesOnceAndInOrder(isTLS: Bool) async throws {
        let tls = isTLS ? try identity() : nil
        let collector = try Collector(in: directory, identity: tls?.0)
        let sink = sink(port: collector.port, tls: tls?.1)
        sink.start()
        let decisions = try await ExportFixture.decisions(500)
        for decision in decisions { sink.offer(decision) }
        try await eventually("all are sent") { sink.status.sent == 500 }
        #expect(sink.status.isConnected && sink.status.warnings.isEmpty)
        await sink.finish(within: .seconds(20))
        try await eventually("the stream has ended") { collector.notes.contains { $0["end"] != nil } }
        #expect(collector.sequences() == Array(1...500))
        // The last frame was whole, and by TLS a close_notify came.
        #expect(collector.notes.compactMap { $0["end"] } == [.number("0")])
        #expect((sink.status.sent, sink.status.dropped, sink.status.waiting) == (500, 0, 0))
    }

    @Test func aCollectorThatComesLaterGetsWhatWaits() async throws {
        let gone = try Collector(in: directory)
        let port = gone.port
        gone.stop()
        let sink = sink(port: port)
        sink.start()
        for decision in try await ExportFixture.decisions(20) { sink.offer(decision) }
        try await eventually("a refused connection") { sink.status.problem?.contains("connect_failed") == true }
        #expect((sink.status.sent, sink.status.waiting, sink.status.isConnected) == (0, 20, false))
        #expect(sink.status.warnings.first?.contains("not connected, 20 decisions wait") == true)
        let collector = try Collector(in: directory, port: port)
        try await eventually("all are sent") { sink.status.sent == 20 }
        try await eventually("all arrived") { collector.sequences() == Array(1...20) }
        #expect(sink.status.problem == nil)
        await sink.finish(within: .seconds(20))
    }

    @Test(arguments: [false, true])
    func aCollectorThatNeverReadsCostsOnlyWhatDoesNotFit(isTLS: Bool) async throws {
        let tls = isTLS ? try identity() : nil
        let collector = try Collector(in: directory, identity: tls?.0, "--never-read")
        let sink = sink(port: collector.port, queue: 100, tls: tls?.1)
        sink.start()
        try await eventually("a connection") { sink.status.isConnected }
        let decisions = try await ExportFixture.decisions(100)
        var offered = 0
        // Until the buffers of both systems are full.
        try await eventually("a full queue") {
            for decision in decisions { sink.offer(decision) }
            offered += decisions.count
            return sink.status.dropped > 0
        }
        let status = sink.status
        #expect(status.sent + status.dropped + status.waiting == offered)
        #expect(status.waiting <= 100)
        #expect(status.warnings.contains { $0.contains("were not sent to the sink") })
        await sink.finish(within: .milliseconds(300))
        let last = sink.status
        #expect(last.sent + last.dropped == offered && last.waiting == 0)
        sink.offer(decisions[0])
        #expect(sink.status.dropped == last.dropped + 1)
    }

    @Test func aCollectorThatTakesNothingForLongIsLeft() async throws {
        let collector = try Collector(in: directory, "--never-read")
        let sink = sink(port: collector.port, queue: 100) { $0.stall = .milliseconds(300) }
        sink.start()
        let decisions = try await ExportFixture.decisions(100)
        try await eventually("the collector is left") {
            for decision in decisions { sink.offer(decision) }
            return collector.notes.filter { $0["begin"] != nil }.count > 1
        }
        await sink.finish(within: .milliseconds(300))
        #expect(sink.status.waiting == 0)
    }

    /// Enough decisions that the systems' buffers cannot hold them all: the rest must come on the next connection.
    @Test func aCollectorThatBreaksOffGetsTheRestOnTheNextConnection() async throws {
        let collector = try Collector(in: directory, "--close-after", "3")
        let sink = sink(port: collector.port)
        sink.start()
        let count = 9_000
        for decision in try await ExportFixture.decisions(count) { sink.offer(decision) }
        try await eventually("all are sent") { sink.status.sent == count }
        #expect(sink.status.dropped == 0)
        await sink.finish(within: .seconds(20))
        try await eventually("the stream has ended") { collector.notes.contains { $0["end"] != nil } }
        #expect(collector.sequences(connection: 1) == [1, 2, 3])
        let rest = collector.sequences(connection: 2)
        let first = try #require(rest.first)
        // What the first connection had taken and not read is lost, as syslog has it; nothing else is, and nothing is twice.
        #expect(first > 3 && rest == Array(first...count))
    }

    @Test func aCollectorThatEndsItsDirectionIsConnectedAgain() async throws {
        let collector = try Collector(in: directory, "--half-close")
        let sink = sink(port: collector.port)
        sink.start()
        try await eventually("a second connection") { collector.notes.filter { $0["begin"] != nil }.count > 1 }
        #expect(sink.status.dropped == 0)
        await sink.finish(within: .milliseconds(300))
    }

    @Test func aCollectorThatTalksIsNone() async throws {
        let collector = try Collector(in: directory, "--chatter")
        let sink = sink(port: collector.port)
        sink.start()
        try await eventually("the connection is left") { sink.status.problem?.contains("sends data") == true }
        await sink.finish(within: .milliseconds(300))
    }

    static let wrongNames = DevelopmentCertificateAuthority.Request(
        commonName: "siem", alternativeNames: ["DNS:siem.example.com"])

    @Test func nothingIsSentToACollectorThatCannotProveWhoItIs() async throws {
        let (files, _) = try identity()
        let (_, stranger) = try identity()
        let untrusted = try Collector(in: directory, identity: files)
        let (wrong, trusting) = try identity(Self.wrongNames)
        let misnamed = try Collector(in: directory, identity: wrong)
        let decision = try #require(try await ExportFixture.decisions(1).first)
        for (collector, context, code) in [
            (untrusted, stranger, "tls_certificate_unknown_authority"),
            (misnamed, trusting, "tls_certificate_name_mismatch"),
        ] {
            let sink = sink(port: collector.port, tls: context)
            sink.start()
            sink.offer(decision)
            try await eventually(code) { sink.status.problem?.contains(code) == true }
            #expect(!sink.status.isConnected)
            await sink.finish(within: .milliseconds(300))
            #expect((sink.status.sent, sink.status.dropped) == (0, 1))
            #expect(collector.messages().isEmpty)
        }
    }

    @Test func aSinkWithoutWorkEndsAtOnceWhateverItsCollectorDoes() async throws {
        let collector = try Collector(in: directory, "--never-read")
        let sink = sink(port: collector.port)
        await sink.finish(within: .seconds(100_000))
        let connected = self.sink(port: collector.port)
        connected.start()
        try await eventually("a connection") { connected.status.isConnected }
        // The collector does not answer the goodbye; that is waited for shortly.
        await connected.finish(within: .seconds(100_000))
        #expect(connected.status.waiting == 0)
    }

    @Test(arguments: SinkConfiguration.Format.allCases)
    func theMessageIsInTheConfiguredFormat(format: SinkConfiguration.Format) async throws {
        let collector = try Collector(in: directory)
        let sink = sink(port: collector.port, format: format)
        sink.start()
        for decision in try await ExportFixture.decisions() { sink.offer(decision) }
        try await eventually("all arrived") { collector.messages().count == ExportFixture.samples.count }
        for message in collector.messages() {
            #expect(message.hasPrefix("<"))
            switch format {
            case .syslog: #expect(message.contains(" DECISION [countersign@32473 ") && message.contains("\u{FEFF}"))
            case .cef: #expect(message.contains(" DECISION - CEF:0|Countersign|"))
            case .ecs: #expect(message.contains(" DECISION - {\"@timestamp\":"))
            }
        }
        await sink.finish(within: .seconds(20))
    }
}
