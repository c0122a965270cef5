// Damage that is there at the start: it is refused or harmless, nothing is lost in silence, and the files stay as they were.

import Foundation
import GRDB
import SystemCrypto
import TestSupport
import Testing

@testable import CallbackProtocol
@testable import CallbackRules
@testable import DecisionLedger

@Suite(.timeLimit(.minutes(3))) struct DamageTests {
    let fault: FaultPlace
    private var place: Place { fault.place }
    private var files: LedgerFiles { LedgerFiles(fault.place.path) }
    private static let pageSize = LedgerFiles.pageSize

    init() throws {
        fault = try FaultPlace()
    }

    /// Records so many decisions and leaves the ledger open.
    private func fill(_ names: Range<Int>) async throws -> DecisionLedger {
        let ledger = try fault.open()
        for number in names {
            let ask = Ask.usd("r\(number)", number % 6 == 0 ? "150" : "5")
            _ = try await fault.record(ask, in: ledger)
            try fault.pass(milliseconds: 400_000)
        }
        return ledger
    }

    /// The files as a kill would leave them, put in place of the closed ledger.
    private func fillAndKill(_ names: Range<Int>) async throws {
        let ledger = try await fill(names)
        let kept = try ["", "-wal", ".checkpoint", ".lock"].map { ($0, try files.bytes($0)) }
        ledger.close()
        for (suffix, data) in kept { try files.write(data, suffix) }
    }

    /// Refused with a message that says what to do, and unchanged; or opened, and sound. Returns the code of the refusal.
    private func refusalOrSoundness(_ what: String) throws -> LedgerError.Code? {
        let before = try files.bytes()
        do {
            try fault.open().close()
        } catch let error as LedgerError {
            #expect([.corrupt, .rolledBack, .notALedger].contains(error.code), "\(what): \(error)")
            #expect(error.message.lowercased().contains("restore") || error.code == .notALedger, "\(what): \(error)")
            #expect(try files.bytes() == before, "\(what): the file was changed")
            return error.code
        }
        let broken = try Invariants(place.path, fault.rules, fault.signer.verifierKey, Witness()).broken()
        #expect(broken.isEmpty, "\(what): \(broken.prefix(3))")
        return nil
    }

    @Test func anyPageMayBeGarbage() async throws {
        try await fill(0..<60).close()
        let sound = try files.bytes()
        var refused = 0
        let pages = sound.count / Self.pageSize
        for page in 0..<pages {
            try files.write(LedgerFiles.garbage(page: page, of: sound))
            if try refusalOrSoundness("page \(page)") != nil { refused += 1 }
        }
        #expect(refused > pages / 2)
    }

    /// What a disk leaves that lost a write: every page is well-formed, and one is old.
    @Test func anyPageMayBeAnOldOne() async throws {
        try await fill(0..<40).close()
        let early = try files.bytes()
        try await fill(40..<60).close()
        let sound = try files.bytes()
        let memory = try files.bytes(".checkpoint")
        var refused = 0
        for page in 0..<early.count / Self.pageSize {
            let range = page * Self.pageSize..<(page + 1) * Self.pageSize
            guard early[range] != sound[range] else { continue }
            var damaged = sound
            damaged.replaceSubrange(range, with: early[range])
            try files.write(damaged)
            try files.write(memory, ".checkpoint")
            if try refusalOrSoundness("page \(page)") != nil { refused += 1 }
        }
        #expect(refused > 5)
    }

    @Test func aFileThatWasCutOffIsRefused() async throws {
        try await fill(0..<60).close()
        let sound = try files.bytes()
        for length in [
            0, 1, 100, 4096, Self.pageSize, 3 * Self.pageSize, sound.count / 2, sound.count - Self.pageSize,
            sound.count - 1,
        ] {
            try files.write(sound.prefix(length))
            #expect(try refusalOrSoundness("\(length) bytes") != nil, "\(length) bytes")
        }
        try files.write(sound)
        #expect(try refusalOrSoundness("as it was") == nil)
    }

    @Test func aHeaderOfGarbageIsRefused() async throws {
        try await fill(0..<10).close()
        var damaged = try files.bytes()
        damaged.replaceSubrange(0..<100, with: Data("garbage ".utf8) + Data(repeating: 7, count: 92))
        try files.write(damaged)
        #expect(try refusalOrSoundness("header") == .corrupt)
    }

    @Test func aLogThatIsGoneAfterAKillIsMissed() async throws {
        try await fillAndKill(0..<30)
        try files.remove("-wal")
        #expect(try refusalOrSoundness("no log") == .rolledBack)
        // Even where no checkpoint tells of it, the lock's note does; and a ledger that was closed has none.
        try files.remove(".checkpoint")
        #expect(try refusalOrSoundness("no log, no checkpoint") == .rolledBack)
        try files.remove(".lock")
        #expect(try refusalOrSoundness("on purpose") == nil)
    }

    /// The newest decisions stand behind the newest checkpoint.
    @Test func whatCameAfterTheNewestCheckpointIsMissedToo() async throws {
        let ledger = try await fill(0..<10)
        try fault.pass(milliseconds: -4_000_000)
        _ = try ledger.withDatabase { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
        let covered = try fault.remembered()?.size
        _ = try await fault.record(.usd("newest", "5"), in: ledger)
        #expect(try fault.remembered()?.size == covered)
        let kept = try ["", ".checkpoint", ".lock"].map { ($0, try files.bytes($0)) }
        ledger.close()
        for (suffix, data) in kept { try files.write(data, suffix) }
        let error = try #require(throws: LedgerError.self) { try fault.open() }
        #expect(error.code == .rolledBack && error.message.contains(".lock away"))
    }

    @Test func theLogOfAnotherLedgerIsRefusedAndNotCopied() async throws {
        let other = try DamageTests()
        try await other.fillAndKill(0..<50)
        try await fillAndKill(0..<30)
        try files.write(try other.files.bytes("-wal"), "-wal")
        let log = try files.bytes("-wal")
        #expect(try refusalOrSoundness("another log") != nil)
        #expect(try files.bytes("-wal") == log)
    }

    @Test func aLedgerThatIsGoneIsNotReplacedByAnEmptyOne() async throws {
        try await fill(0..<10).close()
        try files.remove("")
        let error = try #require(throws: LedgerError.self) { try fault.open() }
        #expect(error.code == .rolledBack && error.message.contains("restore it"))
        #expect(!FileManager.default.fileExists(atPath: place.path))
    }

    @Test func aCheckpointThatCannotBeReadIsNoReasonToGoOnWithoutIt() async throws {
        try await fill(0..<10).close()
        try files.remove(".checkpoint")
        try FileManager.default.createDirectory(atPath: fault.memoryPath, withIntermediateDirectories: false)
        #expect(code { _ = try fault.open() } == .cannotOpen)
        try files.remove(".checkpoint")
        try files.write(Data(), ".checkpoint")
        #expect(code { _ = try fault.open() } == .rolledBack)
    }

    static let changes = [
        "UPDATE ledger_head SET recorded_at = recorded_at + 0, size = size - 1, frontier = zeroblob(32)",
        "UPDATE ledger_head SET frontier = zeroblob(length(frontier))",
        "UPDATE decisions SET action = 'REJECT' WHERE sequence = (SELECT max(sequence) FROM decisions WHERE action = 'APPROVE')",
        "DELETE FROM decisions WHERE sequence = (SELECT max(sequence) FROM decisions)",
        "UPDATE decisions SET payload = payload || ' ' WHERE sequence = (SELECT max(sequence) FROM decisions)",
    ]

    /// Above 64 MiB pages are not looked at one by one, and neither are old entries.
    @Test(arguments: changes) func aLargeLedgerIsStillComparedAtItsEnd(_ sql: String) async throws {
        let ledger = try await fill(0..<20)
        let filler = [UInt8](repeating: 0x61, count: 34 << 20)
        try await ledger.keep(rulesDigest: "sha256:large", files: [("a", filler), ("b", filler)])
        ledger.close()
        #expect(try files.bytes().count > 64 << 20)
        #expect(try refusalOrSoundness("as it was") == nil)
        let drop = ["decisions_are_kept", "decisions_are_immutable"].map { "DROP TRIGGER \($0);" }.joined()
        try await place.alter(drop + sql)
        #expect(try refusalOrSoundness(sql) != nil)
    }
}
