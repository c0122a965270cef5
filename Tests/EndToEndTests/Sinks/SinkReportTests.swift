// What a sink says in the log, and how seldom.

import DecisionLedger
import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import callback_server

@Suite(.timeLimit(.minutes(3))) struct SinkReportTests {
    private let directory: TemporaryDirectory
    private let lines = NIOLockedValueBox<[String]>([])

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func sink(port: Int, queue: Int = 1_000, report: TimeAmount) -> SyslogSink {
        var times = SyslogSink.Times()
        times.report = report
        let lines = lines
        return SyslogSink(
            SinkConfiguration(
                transport: .tcp, host: "127.0.0.1", port: port, format: .syslog, queue: queue, facility: .local0),
            tls: nil, origin: EventOrigin(host: nil, process: 1),
            eventLoop: MultiThreadedEventLoopGroup.singleton.any(),
            logger: Logger(label: "test") { _ in
                LineRecorder(lines) { "\($0.level) \($0.message) \($0.fields("connected", "sent", "dropped"))" }
            }, times: times)
    }

    @Test func manyChangesMakeOneLineAndOneAtTheEnd() async throws {
        let collector = try Collector(in: directory)
        let sink = sink(port: collector.port, report: .hours(1))
        sink.start()
        try await eventually("the first line") { lines.withLockedValue { !$0.isEmpty } }
        for decision in try await ExportFixture.decisions(100) { sink.offer(decision) }
        try await eventually("all are sent") { sink.status.sent == 100 }
        await sink.finish(within: .seconds(20))
        #expect(
            lines.withLockedValue(\.self) == [
                "info decisions sent to a sink true 0 0", "info a sink has ended true 100 0",
            ])
    }

    @Test func whatIsDroppedIsAWarningWhenItsTimeHasCome() async throws {
        let gone = try Collector(in: directory)
        gone.stop()
        let sink = sink(port: gone.port, queue: 1, report: .milliseconds(20))
        for decision in try await ExportFixture.decisions(3) { sink.offer(decision) }
        try await eventually("a line with the count") {
            lines.withLockedValue { $0.contains("warning decisions sent to a sink false 0 2") }
        }
        await sink.finish(within: .milliseconds(1))
        #expect(lines.withLockedValue { $0.last } == "warning a sink has ended false 0 3")
    }
}
