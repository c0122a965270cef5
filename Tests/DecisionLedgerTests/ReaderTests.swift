// Looking at the ledger beside the server: filters, order, limits, following.

import CallbackProtocol
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import DecisionLedger

@Suite(.bothStores, .timeLimit(.minutes(3))) struct ReaderTests {
    let place: Place
    let clock: ManualClock
    let ledger: DecisionLedger

    init() throws {
        place = try Place()
        clock = try ManualClock("2026-11-21T00:00:00Z")
        ledger = try place.open(clock.clock)
    }

    private func fill() async throws {
        let asks = [
            Ask(requestId: "a", amount: "9", amountUSD: "100"),
            Ask(requestId: "b", action: .reject, rule: "limits", asset: "BTC", amount: "10", amountUSD: "1e3"),
            Ask(requestId: "c", stage: .approval, signerId: "signer-2", action: .ignore, rule: nil, amount: "10.5"),
            Ask(requestId: "d", key: nil, action: .retry, amount: "0.1", amountUSD: nil, address: "bc1qxyz"),
        ]
        for (hour, ask) in asks.enumerated() {
            try clock.set("2026-11-21T0\(hour):00:00Z")
            _ = try await ledger.record(ask)
        }
        try clock.set("2026-11-21T04:00:00Z")
        _ = try await ledger.record(
            try Ask(requestId: "e").configuration(
                type: "UNMANAGED_WALLET", extraInfo: #"{"asset":"BTC","address":"bc1qABC"}"#))
        _ = try await ledger.record(Ask(requestId: "a", note: "other"))
    }

    static let cases: [(String, @Sendable (inout DecisionFilter) -> Void, String)] = [
        ("nothing", { _ in }, "abcdea"),
        ("action", { $0.action = .reject }, "ba"),
        ("kind", { $0.kind = .configuration }, "e"),
        ("stage", { $0.stage = .approval }, "ce"),
        ("asset", { $0.asset = "BTC" }, "be"),
        ("rule", { $0.rule = "limits" }, "b"),
        ("co-signer", { $0.cosigner = "primary" }, "abcea"),
        ("signer", { $0.signerId = "signer-2" }, "c"),
        ("request id", { $0.requestId = "a" }, "aa"),
        ("transaction id", { $0.txId = "tx-b" }, "b"),
        ("external id", { $0.externalTxId = "ext-d" }, "d"),
        ("address in any case", { $0.text = "0X5DC6" }, "abca"),
        ("address of another shape", { $0.text = "bc1q" }, "de"),
        ("source", { $0.text = "vault/0" }, "abcda"),
        ("text with a wildcard", { $0.text = "%" }, ""),
        ("at least 10", { $0.minimumAmount = ExactDecimal(plain: "10") }, "bc"),
        ("at most 9", { $0.maximumAmount = ExactDecimal(plain: "9.00") }, "ada"),
        ("USD from 100", { $0.minimumUSD = ExactDecimal(plain: "100.0") }, "ab"),
        ("USD up to 999.99", { $0.maximumUSD = ExactDecimal(plain: "999.99") }, "aca"),
        ("since", { $0.since = LedgerInstant("2026-11-21T02:00:00Z") }, "cdea"),
        ("until", { $0.until = LedgerInstant("2026-11-21T01:00:00+00:00") }, "a"),
        ("conflicts", { $0.conflictsOnly = true }, "a"),
        (
            "two conditions",
            {
                $0.asset = "BTC"
                $0.kind = .transaction
            }, "b"
        ),
    ]

    @Test func aFilterFindsWhatItNames() async throws {
        try await fill()
        let reader = try place.reader()
        for (name, change, expected) in Self.cases {
            var filter = DecisionFilter()
            change(&filter)
            #expect(try reader.list(filter).map(\.requestId).joined() == expected, "\(name)")
        }
    }

    @Test func aLimitTakesTheNewestAndKeepsTheirOrder() async throws {
        try await fill()
        let reader = try place.reader()
        var rejected = DecisionFilter()
        rejected.asset = "ETH"
        #expect(try reader.list(limit: 2).map(\.sequence) == [5, 6])
        #expect(try reader.list(rejected, limit: 2).map(\.sequence) == [4, 6])
        #expect(try reader.list(limit: 100).count == 6)
        #expect(try reader.list(limit: 0).isEmpty)
    }

    @Test func aLongLedgerIsReadInPagesWithoutLossOrRepetition() async throws {
        let collector = Collector()
        collector.record((1...1203).map { Ask(requestId: "r\($0)").decision }, in: ledger)
        _ = try collector.outcomes()
        let reader = try place.reader()
        #expect(try reader.list().map(\.sequence) == (1...1203).map(Int64.init))
        #expect(try reader.list(limit: 700).first?.sequence == 504)
    }

    @Test func everyDecisionOfARequestIsShownWithItsPayload() async throws {
        try await fill()
        let reader = try place.reader()
        let found = try reader.show(requestId: "a")
        #expect(found.map(\.sequence) == [1, 6] && found.map(\.isConflict) == [false, true])
        #expect(found.last?.payload?.contains("other") == true)
        #expect(try reader.show(sequence: 99) == nil && reader.show(requestId: "none").isEmpty)
    }

    @Test func followingSeesWhatComes() async throws {
        _ = try await ledger.record(Ask(requestId: "old"))
        let seen = Mutex<[String]>([])
        let place = place
        try await withThrowingTaskGroup(of: Void.self) { group in
            let (stream, continuation) = AsyncStream.makeStream(of: String.self)
            group.addTask {
                let reader = try place.reader()
                try await reader.follow(after: 0, interval: .milliseconds(1)) { continuation.yield($0.requestId) }
            }
            for await requestId in stream {
                seen.withLock { $0.append(requestId) }
                let count = seen.withLock { $0.count }
                if count == 4 { break }
                _ = try await ledger.record(Ask(requestId: "new\(count)"))
            }
            group.cancelAll()
        }
        #expect(seen.withLock { $0 } == ["old", "new1", "new2", "new3"])
    }

    @Test func aReaderNeverCreatesALedger() async throws {
        if let postgres = try Place().postgres {
            #expect(code { _ = try LedgerReader.open(postgres.store) } == .notALedger)
            #expect(try await postgres.psql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == "0")
            return
        }
        let missing = place.directory.file("missing.sqlite").path
        #expect(code { _ = try LedgerReader.open(path: missing) } == .cannotOpen)
        #expect(!FileManager.default.fileExists(atPath: missing))
        try place.directory.write("empty.sqlite", "")
        let empty = place.directory.file("empty.sqlite").path
        #expect(code { _ = try LedgerReader.open(path: empty) } == .notALedger)
        #expect(try Data(contentsOf: URL(fileURLWithPath: empty)).isEmpty)
    }

    @Test func aReaderWorksWithoutAServerToo() async throws {
        _ = try await ledger.record(Ask())
        ledger.close()
        #expect(try place.reader().list().count == 1)
        // And leaves nothing behind that would stop the next server.
        #expect(try await place.open().record(Ask()).isRepeat)
    }
}
