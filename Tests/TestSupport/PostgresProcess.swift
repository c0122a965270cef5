// A postmaster, and the thread that it lives by.

import Foundation
import Glibc
import Synchronization

/// A server process that was started and is ready.
///
/// The kernel's parent-death signal goes by threads, not by processes: so a thread of its own starts the server, reads what
/// it says, and stays until it has ended.
final class PostgresProcess: Sendable {
    private static let all = Mutex<[Int32: DispatchSemaphore]>([:])

    let identifier: Int32
    private let ended: DispatchSemaphore

    /// Returns when the server says that it accepts connections.
    /// - Throws: what the server said, where it ended instead.
    init(_ command: [String]) throws {
        let (started, ended) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let outcome = Outcome()
        Thread.detachNewThread {
            outcome.live(command) { started.signal() }
            ended.signal()
        }
        started.wait()
        guard let identifier = outcome.state.withLock({ $0.isReady ? $0.identifier : nil }) else {
            throw PostgresServerError("postgres did not start: \(outcome.state.withLock { $0.said })")
        }
        self.identifier = identifier
        self.ended = ended
        Self.all.withLock { $0[identifier] = ended }
    }

    /// Signals the server and waits until it and all its sessions have ended.
    func end(_ signal: Int32, also sessions: [Int32]) {
        Self.all.withLock { $0[identifier] = nil }
        for process in [identifier] + sessions { Glibc.kill(process, signal) }
        ended.wait()
    }

    /// Ends every server of this process, and waits a few seconds for that.
    static func endAll() {
        let servers = all.withLock { $0 }
        for identifier in servers.keys { Glibc.kill(identifier, SIGQUIT) }
        for ended in servers.values { _ = ended.wait(timeout: .now() + 5) }
    }

    /// What the thread knows.
    private final class Outcome: Sendable {
        struct State {
            var identifier: Int32?
            var isReady = false
            var said = ""
        }

        let state = Mutex(State())

        /// Runs the server to its end. `announce` is called once: when it is ready, or cannot become so.
        func live(_ command: [String], _ announce: () -> Void) {
            let pipe = Pipe()
            do {
                let input = try FileHandle(forReadingFrom: URL(fileURLWithPath: "/dev/null"))
                let output = pipe.fileHandleForWriting.fileDescriptor
                let child = try ChildProcess(
                    command, environment: ["LC_ALL": "C"], input: input.fileDescriptor, output: output, errors: output)
                try pipe.fileHandleForWriting.close()
                state.withLock { $0.identifier = child.identifier }
                // Ends when the last process that holds the other end has ended, sessions included.
                listen(to: pipe.fileHandleForReading, announce)
                child.wait()
            } catch {
                state.withLock { $0.said += "\(error)" }
                announce()
            }
        }

        private func listen(to handle: FileHandle, _ announce: () -> Void) {
            var isAnnounced = false
            while true {
                let data = handle.availableData
                let isReady = state.withLock { state in
                    if state.said.utf8.count < 65_536 { state.said += String(decoding: data, as: UTF8.self) }
                    if state.said.contains("ready to accept connections") { state.isReady = true }
                    return state.isReady
                }
                if !isAnnounced, isReady || data.isEmpty {
                    isAnnounced = true
                    announce()
                }
                if data.isEmpty { return }
            }
        }
    }
}
