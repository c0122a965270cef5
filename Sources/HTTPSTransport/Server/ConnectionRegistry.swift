// The connections that a server has open.

import NIOConcurrencyHelpers
import NIOCore

/// Counts connections against their limit and reaches all of them for a shutdown. Used from every event loop.
final class ConnectionRegistry: Sendable {
    private struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var isDraining = false
        var waitingForEmpty: [EventLoopPromise<Void>] = []
    }

    enum Admission { case admitted, full, draining }

    private let state = NIOLockedValueBox(State())
    private let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    var count: Int { state.withLockedValue { $0.channels.count } }

    /// Takes a connection in until it closes, `reserve` of them beyond the limit.
    func admit(_ channel: any Channel, reserve: Int) -> Admission {
        let id = ObjectIdentifier(channel)
        let admission = state.withLockedValue { state -> Admission in
            guard !state.isDraining else { return .draining }
            guard state.channels.count < limit + reserve else { return .full }
            state.channels[id] = channel
            return .admitted
        }
        if admission == .admitted { channel.closeFuture.whenComplete { _ in self.remove(id) } }
        return admission
    }

    /// Admits nothing any more and tells every connection to end gracefully.
    func drain() {
        let channels = state.withLockedValue { state in
            state.isDraining = true
            return Array(state.channels.values)
        }
        for channel in channels { channel.pipeline.fireUserInboundEventTriggered(ServerEvent.drain) }
    }

    /// Closes what is left; returns how many those were.
    func closeAll() -> [any Channel] {
        let channels = state.withLockedValue { Array($0.channels.values) }
        for channel in channels { channel.close(promise: nil) }
        return channels
    }

    func whenEmpty(on eventLoop: any EventLoop) -> EventLoopFuture<Void> {
        let promise = eventLoop.makePromise(of: Void.self)
        let isEmpty = state.withLockedValue { state in
            if !state.channels.isEmpty { state.waitingForEmpty.append(promise) }
            return state.channels.isEmpty
        }
        if isEmpty { promise.succeed() }
        return promise.futureResult
    }

    private func remove(_ id: ObjectIdentifier) {
        let waiting = state.withLockedValue { state -> [EventLoopPromise<Void>] in
            state.channels[id] = nil
            guard state.channels.isEmpty else { return [] }
            defer { state.waitingForEmpty = [] }
            return state.waitingForEmpty
        }
        for promise in waiting { promise.succeed() }
    }
}
