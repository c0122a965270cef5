// Where log lines go. The decision path never waits for whoever reads the log.

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

    /// Takes one line without its line feed.
    func write(_ line: some Sequence<UInt8>) {
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
        if start { queue.asyncAfter(deadline: .now() + .milliseconds(10)) { self.drain() } }
    }

    /// Returns when everything taken so far is written.
    func flush() {
        queue.sync { drain() }
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
            var rest = batch[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
                if count > 0 {
                    rest = rest.dropFirst(count)
                } else if errno != EINTR {
                    break
                }
            }
        }
    }

    private func droppedLine(_ count: Int) -> String {
        let message = "log lines were dropped because nothing read them in time"
        return switch format {
        case .json: "{\"level\":\"warning\",\"message\":\"\(message)\",\"dropped\":\(count)}\n"
        case .text: "warning \(message) dropped=\(count)\n"
        }
    }
}
