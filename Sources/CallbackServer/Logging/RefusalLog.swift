// One log line per refused request, without letting a peer flood the log.

import HTTPSTransport
import Logging
import NIOConcurrencyHelpers
import NIOCore

/// Logs requests that were refused before a decision. Each peer may cause `burst` lines in `window`; what is left out is
/// counted, and the count is on the peer's next line. The table of peers is bounded.
final class RefusalLog: Sendable {
    private struct Peer {
        var windowStart: NIODeadline
        var lines = 0
        var leftOut = 0
    }

    private let logger: Logger
    private let burst: Int
    private let window: TimeAmount
    private let capacity: Int
    private let now: @Sendable () -> NIODeadline
    private let peers = NIOLockedValueBox<[String: Peer]>([:])

    init(
        logger: Logger, burst: Int = 10, window: TimeAmount = .seconds(10), capacity: Int = 4_096,
        now: @escaping @Sendable () -> NIODeadline = { .now() }
    ) {
        self.logger = logger
        self.burst = burst
        self.window = window
        self.capacity = capacity
        self.now = now
    }

    /// Logs one refusal, or counts it.
    func refused(_ message: Logger.Message, peer: PeerAddress, listener: String, fields: Logger.Metadata) {
        guard let leftOut = admit(peer.host) else { return }
        var metadata = fields
        metadata["event"] = "refused"
        metadata["peer"] = "\(peer)"
        metadata["listener"] = "\(listener)"
        if leftOut > 0 { metadata["leftOut"] = .stringConvertible(leftOut) }
        logger.warning(message, metadata: metadata)
    }

    /// How many lines of this peer were left out before this one, or `nil` where this one is left out too.
    private func admit(_ host: String) -> Int? {
        let instant = now()
        return peers.withLockedValue { peers in
            if peers[host] == nil, peers.count >= capacity {
                // What the forgotten peers left out is not forgotten: it goes on the shared entry's next line.
                let forgotten = peers.filter { $0.key != "*" && instant - $0.value.windowStart >= window }
                for (peer, _) in forgotten { peers[peer] = nil }
                let leftOut = forgotten.values.reduce(0) { $0 + $1.leftOut }
                if leftOut > 0 { peers["*", default: Peer(windowStart: instant)].leftOut += leftOut }
                // Everybody is busy: the unknown peer shares one entry, so that memory and lines stay bounded.
                if peers.count >= capacity {
                    return Self.admit(&peers["*", default: Peer(windowStart: instant)], instant, burst, window)
                }
            }
            return Self.admit(&peers[host, default: Peer(windowStart: instant)], instant, burst, window)
        }
    }

    private static func admit(_ peer: inout Peer, _ instant: NIODeadline, _ burst: Int, _ window: TimeAmount) -> Int? {
        if instant - peer.windowStart >= window {
            peer.windowStart = instant
            peer.lines = 0
        }
        guard peer.lines < burst else {
            peer.leftOut += 1
            return nil
        }
        peer.lines += 1
        defer { peer.leftOut = 0 }
        return peer.leftOut
    }
}
