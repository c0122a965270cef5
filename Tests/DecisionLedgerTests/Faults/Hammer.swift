// The program of Tests/LedgerHammer, started, listened to, and killed.

import Foundation
import Glibc
import SystemCrypto
import TestSupport
import Testing

@testable import CallbackProtocol
@testable import DecisionLedger

/// One process that records until it is killed.
struct Hammer {
    private let child: ChildProcess
    private let output: Pipe

    init(ledger: String, rules: String, key: [UInt8], seed: UInt64, threads: Int, start: LedgerInstant) throws {
        let program = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
            .appendingPathComponent("ledger-hammer").path
        output = Pipe()
        let nothing = try FileHandle(forReadingFrom: URL(fileURLWithPath: "/dev/null"))
        child = try ChildProcess(
            [
                program, ledger, rules, Hexadecimal.encode(key), String(seed), String(threads),
                String(start.milliseconds),
            ], input: nothing.fileDescriptor, output: output.fileHandleForWriting.fileDescriptor,
            errors: FileHandle.standardError.fileDescriptor)
        try output.fileHandleForWriting.close()
    }

    /// Kills it without warning once it has printed so many lines, and returns all that it printed: whole lines only.
    func lines(killedAfter count: Int) throws -> [String] {
        var bytes: [UInt8] = []
        var isKilled = count == 0
        if isKilled { kill(child.identifier, SIGKILL) }
        while let chunk = try output.fileHandleForReading.read(upToCount: 4096), !chunk.isEmpty {
            bytes += chunk
            if !isKilled, bytes.count(where: { $0 == 0x0a }) >= count {
                kill(child.identifier, SIGKILL)
                isKilled = true
            }
        }
        try #require(
            child.wait() == 128 + SIGKILL, "the hammer ended by itself: \(String(decoding: bytes, as: UTF8.self))")
        let text = bytes.lastIndex(of: 0x0a).map { bytes.prefix(through: $0) } ?? []
        return String(decoding: text, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}

extension Witness.Answer {
    /// Reads a line of the hammer.
    init(line: String) throws {
        let words = line.split(separator: " ").map(String.init)
        try #require(words.count == 8, "the hammer said \(line)")
        identity = Self.identity(words[0], try #require(RequestStage(rawValue: words[1])), nil)
        payloadDigest = words[2]
        action = try #require(CallbackAction(rawValue: words[3]))
        isConflict = words[4] == "conflict"
        sequence = try #require(Int64(words[5]))
        leafHash = try #require(Hexadecimal.decode(words[6]))
        at = LedgerInstant(milliseconds: try #require(Int64(words[7])))
    }
}
