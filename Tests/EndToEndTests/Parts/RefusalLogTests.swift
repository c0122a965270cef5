// Which refusals are logged, with time that passes only when the test says so.

import HTTPSTransport
import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOEmbedded
import Testing

@testable import callback_server

@Suite struct RefusalLogTests {
    private let loop = EmbeddedEventLoop()
    private let box = NIOLockedValueBox<[String]>([])
    private let log: RefusalLog
    private var lines: [String] { box.withLockedValue(\.self) }

    init() {
        let box = box
        let logger = Logger(label: "test") { _ in LineRecorder(box) { $0.fields("event", "peer", "leftOut") } }
        log = RefusalLog(
            logger: logger, eventLoop: loop, windows: RefusalWindows(burst: 2, length: .seconds(10), capacity: 3))
    }

    private func refuse(_ host: String, times: Int = 1) {
        for _ in 0..<times {
            log.refused("no", peer: PeerAddress(host: host, port: 7), listener: "l", fields: [:])
        }
    }

    @Test func aBurstFollowedBySilenceIsCountedWhenItsWindowEnds() {
        refuse("192.0.2.1", times: 7)
        #expect(lines == ["refused 192.0.2.1:7", "refused 192.0.2.1:7"])
        loop.advanceTime(by: .milliseconds(9_999))
        #expect(lines.count == 2)
        loop.advanceTime(by: .milliseconds(1))
        #expect(lines.dropFirst(2) == ["refusals_left_out 192.0.2.1 5"])
        // Once, and the next window is a whole one.
        loop.advanceTime(by: .seconds(60))
        #expect(lines.count == 3)
        refuse("192.0.2.1", times: 3)
        #expect(lines.count == 5)
        loop.advanceTime(by: .seconds(10))
        #expect(lines.last == "refusals_left_out 192.0.2.1 1")
    }

    @Test func everyPeerHasItsOwnWindow() {
        refuse("192.0.2.1", times: 3)
        loop.advanceTime(by: .milliseconds(4_000))
        refuse("192.0.2.2", times: 4)
        refuse("192.0.2.3", times: 2)
        #expect(lines.count == 6)
        loop.advanceTime(by: .milliseconds(6_000))
        #expect(lines.dropFirst(6) == ["refusals_left_out 192.0.2.1 1"])
        loop.advanceTime(by: .milliseconds(4_000))
        #expect(lines.dropFirst(7) == ["refusals_left_out 192.0.2.2 2"])
    }

    @Test func addressesOfOneIPv6NetworkAreOnePeer() {
        for number in 1...5 { refuse("2001:db8:0:1::\(number)") }
        refuse("2001:db8:0:2::1")
        #expect(lines.count == 3)
        loop.advanceTime(by: .seconds(10))
        #expect(lines.last == "refusals_left_out 2001:db8:0:1::/64 3")
    }

    @Test func peersBeyondTheTableShareOneWindow() {
        for number in 1...9 { refuse("192.0.2.\(number)") }
        #expect(lines.count == 5)
        loop.advanceTime(by: .seconds(10))
        #expect(lines.dropFirst(5) == ["refusals_left_out others 4"])
        // The table is empty again.
        refuse("192.0.2.9", times: 3)
        loop.advanceTime(by: .seconds(10))
        #expect(lines.last == "refusals_left_out 192.0.2.9 1")
    }

    @Test func theShutdownLogsWhatIsLeft() {
        refuse("192.0.2.1", times: 3)
        refuse("192.0.2.2", times: 1)
        log.finish()
        #expect(lines.dropFirst(3) == ["refusals_left_out 192.0.2.1 1"])
        loop.advanceTime(by: .seconds(60))
        #expect(lines.count == 4)
    }
}
