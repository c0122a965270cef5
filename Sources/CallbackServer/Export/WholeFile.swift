// Files that are replaced as a whole: a crash leaves the old one or the new one.

import Foundation

/// A file on its way to a name. Its bytes are on the disk before it has the name.
///
/// Links are followed, so that the file that is meant is replaced and not the link to it. What is no regular file (a
/// device, a pipe) is never replaced: it is written to.
struct WholeFile {
    let handle: FileHandle
    private let renaming: (temporary: String, final: String)?

    /// - Parameter keepsAccess: where there is a file already, its owner and mode stay; else the mode is 0600.
    init(replacing path: String, keepsAccess: Bool = false) throws(ServerError) {
        let final = realpath(path, nil).map { resolved in
            defer { free(resolved) }
            return String(cString: resolved)
        }
        var present = stat()
        let exists = final.map { stat($0, &present) == 0 } ?? false
        if exists, present.st_mode & S_IFMT != S_IFREG {
            handle = try Self.opened(path, O_WRONLY | O_CLOEXEC, 0, "cannot be written")
            renaming = nil
            return
        }
        let temporary = "\(final ?? path).partial-\(ProcessInfo.processInfo.processIdentifier)"
        // Nobody else's file, and no link to one: it is made here, with its mode from the first moment.
        handle = try Self.opened(
            temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600,
            "cannot be made: its folder must exist and be writable for you")
        renaming = (temporary, final ?? path)
        guard keepsAccess, exists else { return }
        let mode = present.st_mode & 0o7777
        guard fchown(handle.fileDescriptor, present.st_uid, present.st_gid) == 0,
            fchmod(handle.fileDescriptor, mode) == 0
        else {
            discard()
            throw ServerError(
                .fileUnwritable,
                "\(path) cannot be replaced by a file of the same owner and mode: run this as its owner")
        }
    }

    private static func opened(
        _ path: String, _ flags: Int32, _ mode: mode_t, _ problem: String
    ) throws(ServerError) -> FileHandle {
        let descriptor = open(path, flags, mode)
        guard descriptor >= 0 else {
            throw ServerError(.fileUnwritable, "\(path) \(problem) (\(String(cString: strerror(errno))))")
        }
        return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    /// Gives the file its name, once its bytes are on the disk.
    func commit() throws {
        guard let renaming else { return try handle.close() }
        try handle.synchronize()
        try handle.close()
        guard rename(renaming.temporary, renaming.final) == 0 else {
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
        }
    }

    /// Leaves nothing behind of a file that did not get its name.
    func discard() {
        if let renaming { unlink(renaming.temporary) }
    }
}
