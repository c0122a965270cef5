// How fast the ledger is beside the disk that it lies on, what the proof costs, and how long verification takes.

import CallbackProtocol
import CallbackRules
import DecisionLedger
import Dispatch
import Foundation
import Synchronization
import SystemCrypto

/// `ledger-speed DIR RECORDS`: a new ledger in DIR. `ledger-speed verify FILE`: verifies one, in a process of its own.
/// `ledger-speed postgres DECISIONS`: new ledgers in a PostgreSQL server of its own.
@main
enum LedgerSpeed {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        if arguments.first == "verify", let file = arguments.last { return try verify(file) }
        if arguments.first == "postgres", let decisions = arguments.last.flatMap({ Int($0) }) {
            return try await PostgresSpeed().measure(decisions)
        }
        guard arguments.count == 2, let directory = arguments.first, let records = arguments.last.flatMap({ Int($0) })
        else {
            print("usage: ledger-speed DIR RECORDS | ledger-speed verify FILE | ledger-speed postgres DECISIONS")
            exit(2)
        }
        try await measure(directory, records)
    }

    private static func measure(_ directory: String, _ records: Int) async throws {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let seconds = 10
        let disk = try DiskProbe(path: directory + "/probe").run(perSecond: 300, seconds: seconds)
        let path = directory + "/ledger.sqlite"
        let signer = try NoteSigner(name: "ledger.example/speed", key: Ed25519PrivateKey.generate())
        let ledger = try DecisionLedger.open(path: path, signer: signer)
        let asks = try Asks()
        let append = try await paced(ledger, asks, perSecond: 300, seconds: seconds)
        print("durable append at 300/s beside fdatasync of 4 KiB at 300/s, same directory, one after the other")
        print("  fdatasync  p50 \(disk.text(50))  p99 \(disk.text(99))")
        print("  append     p50 \(append.text(50))  p99 \(append.text(99))")
        print("  ratio of the p99: \(ratio(append.percentile(99), disk.percentile(99)))")
        let begin = now()
        try await fill(ledger, asks, records)
        let elapsed = now() - begin
        print("\(records) decisions by 512 callers at once: \(records * 1_000_000_000 / max(1, Int(elapsed)))/s")
        ledger.close()
        print(proof(records: min(records, 200_000)))
    }

    /// The part of a decision that only the proof needs.
    private static func proof(records: Int) -> String {
        var frontier = MerkleFrontier()
        let record = [UInt8](repeating: 0x61, count: 1100)
        let begin = now()
        for _ in 0..<records { _ = try? frontier.append(MerkleHash.leaf(record)) }
        return "leaf hash and tree: \((now() - begin) / UInt64(max(1, records))) ns a decision"
    }

    private static func verify(_ file: String) throws {
        let begin = now()
        let readers = try (0..<3).map { _ in try LedgerReader.open(path: file) }
        let report = try LedgerVerifier(readers, key: nil).verify()
        let milliseconds = (now() - begin) / 1_000_000
        print(
            "verified \(report.checked) of \(report.size) entries in \(milliseconds) ms, \(report.findingCount) findings"
        )
        print("memory: \(peakKilobytes() / 1024) MB at most")
        if !report.isSound { exit(1) }
    }

    /// Open loop: decision i is due at i / rate, and its latency counts from then.
    private static func paced(
        _ ledger: DecisionLedger, _ asks: Asks, perSecond: Int, seconds: Int
    ) async throws -> Latencies {
        let latencies = Mutex(Latencies())
        let group = DispatchGroup()
        let start = now()
        for number in 0..<perSecond * seconds {
            let due = start + UInt64(number) * 1_000_000_000 / UInt64(perSecond)
            sleep(until: due)
            group.enter()
            ledger.record(try asks.proposal("paced-\(number)")) { result in
                if case .success = result { latencies.withLock { $0.add(now() - due) } }
                group.leave()
            }
        }
        await withCheckedContinuation { continuation in group.notify(queue: .global()) { continuation.resume() } }
        return latencies.withLock { $0 }
    }

    /// - Throws: why a decision was not recorded.
    static func fill(_ ledger: DecisionLedger, _ asks: Asks, _ count: Int) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for caller in 0..<512 {
                group.addTask {
                    for number in stride(from: caller, to: count, by: 512) {
                        _ = try await ledger.record(asks.proposal("fill-\(number)"))
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    static func now() -> UInt64 { DispatchTime.now().uptimeNanoseconds }

    static func sleep(until due: UInt64) {
        let time = now()
        if due > time { usleep(UInt32((due - time) / 1000)) }
    }

    private static func ratio(_ a: UInt64, _ b: UInt64) -> String {
        let hundredths = a * 100 / max(1, b)
        return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
    }

    private static func peakKilobytes() -> Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM") } ?? ""
        return Int(line.filter(\.isNumber)) ?? 0
    }
}
