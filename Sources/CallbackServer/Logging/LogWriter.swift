// Where log lines go. The decision path never waits for whoever reads the log.

import CallbackProtocol
import Dispatch
import Foundation
import NIOConcurrencyHelpers

/// Writes lines to a file descriptor from a queue of its own.
///
/// What waits is bounded: beyond `capacity` bytes new lines are dropped and counted, and the count is written as soon as
/// there is room. Decisions are in the ledger whatever happens here.
final class LogWriter: Sendable {
    private struct State {
        var waiting: [UInt8] = []
        var dropped = 0
        var writing = false
    }

    private let state = NIOLockedValueBox(State())
    private let queue = DispatchQueue(label: "countersign.log")
    private let descriptor: Int32
    private let capacity: Int
    private let format: ServerConfiguration.LogFormat

    init(descriptor: Int32, format: ServerConfiguration.LogFormat, capacity: Int = 4 << 20) {
        self.descriptor = descriptor
        self.format = format
        self.capacity = capacity
    }

    /// Takes one line without its line feed. Values in it come from requests, and must not steer a terminal.
    func write(_ line: [UInt8]) {
        let line = visible(line)
        let start = state.withLockedValue { state -> Bool in
            guard state.waiting.count < capacity else {
                state.dropped += 1
                return false
            }
            state.waiting.append(contentsOf: line)
            state.waiting.append(0x0a)
            defer { state.writing = true }
            return !state.writing
        }
        // What comes within the delay is written together: one write for many lines.
        if start { queue.asyncAfter(deadline: .now() + .milliseconds(50)) { self.drain() } }
    }

    /// Returns when everything taken so far is written, or after a second where nobody reads it.
    func flush() {
        let done = DispatchSemaphore(value: 0)
        queue.async {
            self.drain()
            done.signal()
        }
        _ = done.wait(timeout: .now() + .seconds(1))
    }

    private func drain() {
        while true {
            let batch = state.withLockedValue { state -> [UInt8] in
                if state.dropped > 0, state.waiting.count < capacity {
                    state.waiting.append(contentsOf: droppedLine(state.dropped).utf8)
                    state.dropped = 0
                }
                if state.waiting.isEmpty { state.writing = false }
                defer { state.waiting.removeAll(keepingCapacity: state.waiting.count < 1 << 16) }
                return state.waiting
            }
            if batch.isEmpty { return }
            guard writeOut(batch) else {
                // Nothing can be written now; the count goes out with the next line that can.
                return state.withLockedValue { $0.writing = false }
            }
        }
    }

    /// Writes everything, waiting for a reader where the descriptor does not block. What cannot be written is counted.
    private func writeOut(_ batch: [UInt8]) -> Bool {
        var rest = batch[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&waiting, 1, 1_000)
            } else if errno != EINTR {
                let lost = rest.count { $0 == 0x0a }
                state.withLockedValue { $0.dropped += lost }
                return false
            }
        }
        return true
    }

    private func droppedLine(_ count: Int) -> String {
        let message = "log lines were dropped because nothing read them in time"
        return switch format {
        case .json: "{\"level\":\"warning\",\"message\":\"\(message)\",\"dropped\":\(count)}\n"
        case .text: "warning \(message) dropped=\(count)\n"
        }
    }
}
