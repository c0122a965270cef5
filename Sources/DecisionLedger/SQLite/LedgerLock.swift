// One server writes a ledger, and leaves a note of how far it came. Readers need no lock.

import Glibc
import Synchronization

/// An advisory lock (flock) on a file beside the ledger, held until released or until the process ends.
///
/// The file holds the process and, until the ledger is closed cleanly, the size of the log: with it a -wal file that is
/// gone after a kill is noticed at the next start. It is never synced: after a power failure it may say less, never more.
final class LedgerLock: Sendable {
    /// Entries that were recorded before the last server ended without closing the ledger; `nil` where none ended so.
    let remembered: Int64?
    private let descriptor: Mutex<Int32>

    /// Refused at once where another server, or another ledger of this process, holds it.
    init(_ file: LedgerFile) throws(LedgerError) {
        let descriptor = open(file.lockPath, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw LedgerError(
                .cannotOpen, "cannot create the ledger's lock file: \(String(cString: strerror(errno)))",
                path: file.lockPath)
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let holder = Self.holder(descriptor)
            close(descriptor)
            throw LedgerError(
                .inUse, "another callback-server\(holder) writes this ledger: stop it, or use another file",
                path: file.path)
        }
        remembered = Self.lines(descriptor).dropFirst().first.flatMap { Int64($0) }
        Self.write(remembered, descriptor)
        self.descriptor = Mutex(descriptor)
    }

    /// After a commit, before anybody is told of it.
    func remember(_ size: Int64) {
        descriptor.withLock { descriptor in if descriptor >= 0 { Self.write(size, descriptor) } }
    }

    /// The ledger was closed, and everything is in its main file.
    func forget() {
        descriptor.withLock { descriptor in if descriptor >= 0 { _ = ftruncate(descriptor, 0) } }
    }

    /// Best effort: the lock holds without it, on a full disk too. One write of always the same length.
    private static func write(_ size: Int64?, _ descriptor: Int32) {
        func field(_ number: String, _ width: Int) -> String {
            String(repeating: " ", count: max(0, width - number.utf8.count)) + number + "\n"
        }
        let text = field(String(getpid()), 10) + field(size.map(String.init) ?? "", 19)
        _ = pwrite(descriptor, text, text.utf8.count, 0)
    }

    private static func lines(_ descriptor: Int32) -> [String] {
        var buffer = [UInt8](repeating: 0, count: 64)
        let count = pread(descriptor, &buffer, buffer.count, 0)
        return buffer.prefix(max(0, count)).split(separator: 0x0a).map { line in
            String(decoding: line.drop { $0 == 0x20 }, as: UTF8.self)
        }
    }

    func release() {
        descriptor.withLock { descriptor in
            if descriptor >= 0 { close(descriptor) }
            descriptor = -1
        }
    }

    deinit { release() }

    private static func holder(_ descriptor: Int32) -> String {
        lines(descriptor).first.flatMap { Int32($0) }.map { " (process \($0))" } ?? ""
    }
}
