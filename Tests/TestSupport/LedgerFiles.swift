// The files of a SQLite ledger, and what disks and people do to them.

package import Foundation

/// `ledger.sqlite` and what stands beside it with another ending: `-wal`, `.checkpoint`, `.lock`.
package struct LedgerFiles: Sendable {
    package static let pageSize = 8192

    private let path: String

    package init(_ path: String) {
        self.path = path
    }

    package func bytes(_ ending: String = "") throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: path + ending))
    }

    package func write(_ data: Data, _ ending: String = "") throws {
        try data.write(to: URL(fileURLWithPath: path + ending))
    }

    package func remove(_ ending: String) throws {
        try FileManager.default.removeItem(atPath: path + ending)
    }

    /// The ledger's file with one page that holds nothing any more.
    package static func garbage(page: Int, of sound: Data) -> Data {
        var damaged = sound
        damaged.replaceSubrange(
            page * pageSize..<(page + 1) * pageSize, with: Data(repeating: 0xa5, count: pageSize))
        return damaged
    }

    /// Everything in the ledger's folder that a look must not change: without `-shm` and an empty `-wal`, which SQLite makes
    /// for whoever reads, and of the lock file its note of entries, as it also names the process that looked last.
    package func kept() throws -> [String: Data] {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        var kept: [String: Data] = [:]
        for file in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil) {
            let data = try Data(contentsOf: file)
            switch file.pathExtension {
            case "sqlite-shm": continue
            case "sqlite-wal" where data.isEmpty: continue
            case "lock": kept["lock"] = data.split(separator: 0x0a).dropFirst().first?.filter { $0 != 0x20 } ?? Data()
            default: kept[file.lastPathComponent] = data
            }
        }
        return kept
    }
}
