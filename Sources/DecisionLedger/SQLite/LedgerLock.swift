// One server writes a ledger. Readers need no lock.

import Glibc
import Synchronization

/// An advisory lock (flock) on a file beside the ledger, held until released or until the process ends.
final class LedgerLock: Sendable {
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
        let text = "\(getpid())\n"
        // Only a hint for the message above: the lock holds without it, on a full disk too.
        _ = ftruncate(descriptor, 0)
        _ = pwrite(descriptor, text, text.utf8.count, 0)
        self.descriptor = Mutex(descriptor)
    }

    func release() {
        descriptor.withLock { descriptor in
            if descriptor >= 0 { close(descriptor) }
            descriptor = -1
        }
    }

    deinit { release() }

    private static func holder(_ descriptor: Int32) -> String {
        var buffer = [UInt8](repeating: 0, count: 16)
        let count = pread(descriptor, &buffer, buffer.count, 0)
        let digits = buffer.prefix(max(0, count)).prefix { $0 >= 0x30 && $0 <= 0x39 }
        return digits.isEmpty ? "" : " (process \(String(decoding: digits, as: UTF8.self)))"
    }
}
