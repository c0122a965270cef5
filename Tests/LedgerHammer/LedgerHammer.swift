// For tests: records a seeded workload from several threads and prints each answer after it came, until it is killed.

import CallbackProtocol
import CallbackRules
import DecisionLedger
import Foundation
import Glibc
import Synchronization
import SystemCrypto

/// `ledger-hammer LEDGER RULES KEY SEED THREADS START`: files, a key's 64 hex digits, numbers; START is in milliseconds.
///
/// One line for each answer: requestId, stage, payload digest, action, `conflict` or `-`, sequence, leaf hash,
/// recordedAt. A line is one write(2), so that none is torn.
@main struct LedgerHammer {
    let ledger: DecisionLedger
    let rules: RulesSnapshot
    let clock: LedgerClock

    static func main() throws {
        let words = CommandLine.arguments
        guard words.count == 7, let key = Hexadecimal.decode(words[3]), let seed = UInt64(words[4]),
            let threads = Int(words[5]), let start = Int64(words[6])
        else { throw LedgerError(.cannotOpen, "usage: ledger-hammer LEDGER RULES KEY SEED THREADS START") }
        let text = Array(try Data(contentsOf: URL(fileURLWithPath: words[2])))
        guard let rules = RulesSnapshot.load(file: words[2], text: text, loadList: { _ in [] }).snapshot else {
            throw LedgerError(.cannotOpen, "the rules cannot be read")
        }
        // Every look at this clock is two seconds after the one before, so that periods roll while the test is short.
        let now = Mutex(start)
        let clock = LedgerClock {
            now.withLock { now in
                now += 2000
                return LedgerInstant(milliseconds: now)
            }
        }
        var options = LedgerOptions()
        (options.minimumFreeBytes, options.checkpointPages) = (0, 40)
        let signer = try NoteSigner(name: "ledger.example/hammer", key: Ed25519PrivateKey(seed: key))
        let ledger = try DecisionLedger.open(path: words[1], signer: signer, options: options, clock: clock)
        let hammer = LedgerHammer(ledger: ledger, rules: rules, clock: clock)
        DispatchQueue.concurrentPerform(iterations: threads) { hammer.strike(thread: $0, seed: seed) }
    }

    /// Asks one thing after another, for ever.
    private func strike(thread: Int, seed: UInt64) {
        var random = Xorshift(seed &* 31 &+ UInt64(thread) &+ 1)
        for step in 1... {
            let number = random.next(below: 20 + step)
            let stage = random.next(below: 3) == 0 ? RequestStage.approval : .signing
            let note = random.next(below: 10) == 0 ? "changed" : ""
            guard let request = try? request(number, stage, note) else { exit(1) }
            let answered = DispatchSemaphore(value: 0)
            let instant = clock.now()
            let proposal = rules.propose(request, at: RulesInstant(milliseconds: instant.milliseconds))
            ledger.record(proposal, receivedAt: instant) { outcome in
                switch outcome {
                case .success(let recorded): Self.say(recorded)
                case .failure(let error): Self.say("error \(error.code.rawValue)")
                }
                answered.signal()
            }
            answered.wait()
        }
    }

    private func request(_ number: Int, _ stage: RequestStage, _ note: String) throws -> AuthenticatedRequest {
        let dollars = number % 9 == 0 ? 150 : 1 + number * 7 % 100
        // Only what is to be signed has a fee.
        let fee = stage == .signing ? #","fee":"0.001""# : ""
        let json = """
            {"requestId":"r\(number)","txId":"t\(number)","operation":"TRANSFER","sourceType":"VAULT","sourceId":"0",\
            "destType":"VAULT","destId":"1","asset":"ETH","amountStr":"1","note":"\(note)"\(fee),\
            "destinations":[{"amountNativeStr":"1","amountUSD":\(dollars),"id":"1","type":"VAULT",\
            "dstAddressType":"WHITELISTED"}]}
            """
        return try RequestAuthenticator.acceptUnauthenticated(
            json: Array(json.utf8), kind: .transaction, listener: "127.0.0.1:8443")
    }

    private static func say(_ recorded: RecordedDecision) {
        say(
            [
                recorded.requestId, recorded.stage.rawValue, recorded.payloadDigest, recorded.action.rawValue,
                recorded.isConflict ? "conflict" : "-", String(recorded.sequence),
                Hexadecimal.encode(recorded.leafHash),
                String(recorded.recordedAt.milliseconds),
            ].joined(separator: " "))
    }

    private static func say(_ line: String) {
        let bytes = Array("\(line)\n".utf8)
        guard write(1, bytes, bytes.count) == bytes.count else { exit(1) }
    }
}

/// Numbers that follow from a seed.
private struct Xorshift {
    private var state: UInt64

    init(_ seed: UInt64) {
        state = seed &* 0x9e37_79b9_7f4a_7c15 | 1
    }

    mutating func next(below bound: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state >> 33) % bound
    }
}
