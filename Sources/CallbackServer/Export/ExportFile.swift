// Where exported lines go: standard output, or a file that is whole or not there.

import Foundation

/// Takes lines and writes them in large pieces. After a failure it takes nothing more and reports it at the end.
final class ExportFile {
    private let handle: FileHandle
    private let file: WholeFile?
    private let name: String
    private var waiting = Data()
    private var failure: (any Error)?
    private(set) var count = 0
    private static let pieceSize = 1 << 16

    /// - Parameter path: the file to make or replace, mode 0600, or a device or pipe to write to; `nil` for standard output.
    init(path: String?) throws(ServerError) {
        name = path ?? "standard output"
        file = if let path { try WholeFile(replacing: path) } else { nil }
        handle = file?.handle ?? .standardOutput
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
            try file?.commit()
        } catch {
            discard()
            throw ServerError(
                .fileUnwritable,
                "The export to \(name) failed, free space or name another file: \(error.localizedDescription)")
        }
    }

    /// Leaves nothing behind of an export that failed.
    func discard() {
        file?.discard()
    }
}
