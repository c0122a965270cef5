// The ledger's files: where they are, whether they are still the same ones, and how much room is beside them.

import FoundationEssentials
import Glibc

/// The database file and what SQLite keeps beside it.
struct LedgerFile: Sendable {
    /// Symbolic links resolved, so that two names of one file meet at one lock.
    let path: String
    var walPath: String { path + "-wal" }
    var lockPath: String { path + ".lock" }
    var memoryPath: String { path + ".checkpoint" }

    /// Which file it is, whatever it is called.
    struct Identity: Sendable, Hashable {
        let device: UInt64
        let inode: UInt64
    }

    init(path: String) {
        self.path = URL(fileURLWithPath: path).standardizedFileURL.resolvingSymlinksInPath().path
    }

    static func identity(of path: String) -> Identity? {
        var information = stat()
        guard stat(path, &information) == 0 else { return nil }
        return Identity(device: UInt64(information.st_dev), inode: UInt64(information.st_ino))
    }

    static func size(of path: String) -> Int64? {
        var information = stat()
        return stat(path, &information) == 0 ? Int64(information.st_size) : nil
    }

    /// Creates an empty file that only its owner can read, or takes the rights of others away from an existing one.
    func prepare() throws(LedgerError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor >= 0 {
            close(descriptor)
            // The name must survive a power failure too.
            let directory = open(String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]) + "/", O_RDONLY)
            defer { if directory >= 0 { close(directory) } }
            guard directory >= 0, fsync(directory) == 0 else { throw failure("cannot sync its directory") }
            return
        }
        guard errno == EEXIST else { throw failure("cannot create the ledger") }
        var information = stat()
        guard stat(path, &information) == 0 else { throw failure("cannot read the ledger's mode") }
        guard information.st_mode & S_IFMT == S_IFREG else {
            throw LedgerError(.cannotOpen, "not a regular file: name another file for the ledger", path: path)
        }
        if information.st_mode & 0o077 != 0, chmod(path, 0o600) != 0 {
            throw failure("others may read the ledger, and its mode cannot be changed to 0600")
        }
    }

    /// Bytes that this process may still write on the file system, `nil` where it does not say.
    func freeBytes() -> UInt64? {
        var information = statvfs()
        guard statvfs(path, &information) == 0 else { return nil }
        return UInt64(information.f_bavail) * UInt64(information.f_frsize)
    }

    private func failure(_ what: String) -> LedgerError {
        let code: LedgerError.Code =
            switch errno {
            case ENOSPC, EDQUOT: .diskFull
            case EROFS: .readOnly
            case EIO: .ioError
            default: .cannotOpen
            }
        return LedgerError(code, "\(what): \(String(cString: strerror(errno)))", path: path)
    }
}
