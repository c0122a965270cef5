// A way to a server on which everything can vanish: packets get lost, and nobody is told.

import Foundation
import Glibc
import Synchronization

/// Forwards TCP connections to a port of 127.0.0.1, until a direction goes dark: then its bytes wait, as those do that are
/// sent again and again. Sockets stay open, new connections get no answer, and neither side hears of the other's end.
package final class BlackHole: Sendable {
    package enum Direction: Sendable, CaseIterable {
        case toServer, toClient
    }

    package let port: Int
    private let listener: Int32
    private let passage = Passage()

    /// Leads to `server`, a port.
    ///
    /// - Parameter edit: changes what the server says, without its length, as what stands in between may.
    package init(to server: Int, edit: @escaping @Sendable (inout [UInt8]) -> Void = { _ in }) throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        port = try loopback(listener, 0, bind)
        guard listen(listener, 64) == 0 else { throw PostgresServerError("listen failed: \(errno)") }
        Thread.detachNewThread { [listener, passage] in
            while case let client = accept(listener, nil, nil), client >= 0 {
                passage.add(Line(client, to: server, edit))
            }
            close(listener)
        }
    }

    deinit {
        passage.end()
        shutdown(listener, Int32(SHUT_RDWR))
    }

    /// Lets so many more bytes through, and then none.
    package func goDark(_ directions: [Direction] = Direction.allCases, after bytes: Int = 0) {
        passage.change { room in directions.forEach { room[$0] = bytes } }
    }

    /// Everything passes again, what waited first.
    package func clear() {
        passage.change { $0 = [:] }
    }

    /// How many bytes have passed so far.
    package func passed(_ direction: Direction) -> Int { passage.passed(direction) }
}

/// What passes, on all lines together.
private final class Passage: Sendable {
    private struct State {
        /// How many bytes may still pass; any number where there is none.
        var room: [BlackHole.Direction: Int] = [:]
        var passed: [BlackHole.Direction: Int] = [:]
        var lines: [Line] = []
        var isOver = false
    }

    private let state = Mutex(State())
    private let changed = NSCondition()

    func passed(_ direction: BlackHole.Direction) -> Int { state.withLock { $0.passed[direction] ?? 0 } }

    func change(_ body: (inout [BlackHole.Direction: Int]) -> Void) {
        changed.withLock {
            state.withLock { body(&$0.room) }
            changed.broadcast()
        }
    }

    func end() {
        changed.withLock {
            state.withLock { state in
                state.isOver = true
                state.lines.forEach { $0.end() }
            }
            changed.broadcast()
        }
    }

    func add(_ line: Line) {
        state.withLock { $0.lines.append(line) }
        for direction in BlackHole.Direction.allCases {
            Thread.detachNewThread { line.forward(direction, self) }
        }
    }

    /// Waits until some of `wanted` bytes may pass, and takes them. 0 when all is over.
    func take(_ wanted: Int, _ direction: BlackHole.Direction) -> Int {
        changed.lock()
        defer { changed.unlock() }
        while true {
            let taken: Int? = state.withLock { state in
                if state.isOver { return 0 }
                let count = min(wanted, state.room[direction] ?? wanted)
                guard count > 0 else { return nil }
                state.room[direction]? -= count
                state.passed[direction, default: 0] += count
                return count
            }
            if let taken { return taken }
            changed.wait()
        }
    }
}

/// One connection and its other half.
private final class Line: Sendable {
    private let client: Int32
    private let server: Int32
    private let edit: @Sendable (inout [UInt8]) -> Void

    init(_ client: Int32, to port: Int, _ edit: @escaping @Sendable (inout [UInt8]) -> Void) {
        self.client = client
        self.edit = edit
        server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        // Where nobody listens, the first read ends both halves.
        _ = try? loopback(server, port, connect)
    }

    deinit {
        close(client)
        close(server)
    }

    func end() {
        for half in [client, server] { shutdown(half, Int32(SHUT_RDWR)) }
    }

    /// Until one side ends, and the other has been told.
    func forward(_ direction: BlackHole.Direction, _ passage: Passage) {
        let (from, to) = direction == .toServer ? (client, server) : (server, client)
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let count = recv(from, &buffer, buffer.count, 0), count > 0 {
            if direction == .toClient { edit(&buffer) }
            var rest = buffer[..<count]
            while !rest.isEmpty {
                let part = rest.prefix(passage.take(rest.count, direction))
                let sent = part.withUnsafeBytes { send(to, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                guard sent > 0 else { return end() }
                rest = rest.dropFirst(sent)
            }
        }
        _ = passage.take(1, direction)
        shutdown(to, Int32(SHUT_WR))
    }
}
