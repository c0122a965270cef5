// Where exported lines go: standard output, or a file that is whole or not there.

import Foundation

/// Takes lines and writes them in large pieces. After a failure it takes nothing more and reports it at the end.
final class ExportFile {
    private let handle: FileHandle
    private let destination: (temporary: String, final: String)?
    private var waiting = Data()
    private var failure: (any Error)?
    private(set) var count = 0
    private static let pieceSize = 1 << 16

    /// - Parameter path: the file to make or replace, mode 0600; `nil` for standard output.
    init(path: String?) throws(ServerError) {
        guard let path else {
            handle = .standardOutput
            destination = nil
            return
        }
        let temporary = "\(path).partial-\(ProcessInfo.processInfo.processIdentifier)"
        // Nobody else's file, and no link to one: it is made here, with its mode from the first moment.
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw ServerError(
                .fileUnwritable, "\(temporary) cannot be made: its folder must exist and be writable for you")
        }
        handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        destination = (temporary, path)
    }

    func write(_ line: [UInt8]) {
        guard failure == nil else { return }
        waiting.append(contentsOf: line)
        waiting.append(0x0a)
        count += 1
        if waiting.count >= Self.pieceSize { flush() }
    }

    private func flush() {
        do { try handle.write(contentsOf: waiting) } catch { failure = error }
        waiting.removeAll(keepingCapacity: true)
    }

    /// Writes what waits; a named file gets its name only now, when its bytes are on the disk.
    func finish() throws(ServerError) {
        if failure == nil { flush() }
        do {
            if let failure { throw failure }
            guard let destination else { return }
            try handle.synchronize()
            try handle.close()
            guard rename(destination.temporary, destination.final) == 0 else {
                throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
            }
        } catch {
            discard()
            throw ServerError(
                .fileUnwritable,
                "The export to \(destination?.final ?? "standard output") failed, free space or name another file: \(error)"
            )
        }
    }

    /// Leaves nothing behind of an export that failed.
    func discard() {
        if let destination { try? FileManager.default.removeItem(atPath: destination.temporary) }
    }
}
