// The disk double of CFaultVFS, as tests see it.

import CFaultVFS
import Foundation
import TestSupport
import Testing

/// A directory whose SQLite databases lie on a disk that fails when it is told to.
final class FaultDisk: Sendable {
    struct Operations: OptionSet, Sendable {
        let rawValue: UInt32
        static let read = Operations(rawValue: FAULT_READ.rawValue)
        static let write = Operations(rawValue: FAULT_WRITE.rawValue)
        static let sync = Operations(rawValue: FAULT_SYNC.rawValue)
        static let truncate = Operations(rawValue: FAULT_TRUNCATE.rawValue)
        static let open = Operations(rawValue: FAULT_OPEN.rawValue)
        static let delete = Operations(rawValue: FAULT_DELETE.rawValue)
        static let any = Operations(rawValue: FAULT_ANY.rawValue)
    }

    /// See `fault_kind`.
    enum Kind: Int32, Sendable, CaseIterable {
        case inputOutput, noSpace, shortWrite, readOnly, power
    }

    /// See `fault_loss`.
    enum Loss: Int32, Sendable, CaseIterable {
        case loseAll, keepAll, tear
    }

    private let number: Int32

    init(_ directory: TemporaryDirectory) throws {
        number = fault_disk_open(directory.url.path)
        try #require(number != 0)
    }

    deinit { fault_disk_close(number) }

    /// Lets `count` of these operations fail after the next `after` ones; all of them where `count` is 0.
    func fail(_ operations: Operations, after: Int = 0, count: Int = 0, _ kind: Kind) {
        fault_disk_fail(number, operations.rawValue, UInt(after), UInt(count), kind.rawValue)
    }

    /// Nothing fails any more; power stays off.
    func heal() { fault_disk_heal(number) }
    var hasFailed: Bool { fault_disk_has_failed(number) != 0 }
    /// Whether syncs report success and make nothing durable.
    func lie(_ lies: Bool) { fault_disk_lie(number, lies ? 1 : 0) }

    /// Writes and syncs wait until `release`.
    func hold() { fault_disk_hold(number) }
    /// Returns once one waits.
    func awaitHeld() { fault_disk_await(number) }
    func release() { fault_disk_release(number) }

    func count(_ operations: Operations = .any) -> Int { Int(fault_disk_count(number, operations.rawValue)) }
    /// Bytes that a power failure may take.
    var unsynced: Int { Int(fault_disk_unsynced(number)) }

    /// The power fails and comes back. Every ledger and reader on this disk must be closed.
    func crash(_ loss: Loss, seed: UInt64 = 0) throws {
        try #require(fault_disk_crash(number, loss.rawValue, seed) == 0, "a database is still open")
    }
}
