// The queue before the writer: bounded, never blocking, drained at the end.

import Dispatch
import Synchronization
import Testing

@testable import DecisionLedger

@Suite(.bothStores, .timeLimit(.minutes(3))) struct QueueTests {
    let place: Place

    init() throws {
        place = try Place()
    }

    @Test func aFullQueueRefusesAtOnceAndKeepsWhatItTook() throws {
        let ledger = try place.open { $0.queueCapacity = 4 }
        let stall = Stall(ledger)
        let (taken, refused) = (Collector(), Collector())
        taken.record((0..<4).map { Ask(requestId: "r\($0)").decision }, in: ledger)
        refused.record([Ask(requestId: "late").decision], in: ledger)
        // Answered while the writer still cannot move.
        #expect(throws: LedgerError.self) { try refused.outcomes()[0].get() }
        if case .failure(let error) = try refused.outcomes()[0] { #expect(error.code == .queueFull) }
        #expect(ledger.status.queueDepth == 4 && !ledger.status.isWritable)
        stall.release()
        #expect(try taken.outcomes().map { try $0.get().sequence } == [2, 3, 4, 5])
    }

    @Test func waitingBytesAreBoundedToo() throws {
        let ledger = try place.open { $0.queueBytes = 5000 }
        let stall = Stall(ledger)
        let collector = Collector()
        let note = String(repeating: "x", count: 2000)
        collector.record((0..<3).map { Ask(requestId: "r\($0)", note: note).decision }, in: ledger)
        stall.release()
        let outcomes = try collector.outcomes()
        #expect(try outcomes[0].get().sequence == 2 && outcomes[1].get().sequence == 3)
        if case .failure(let error) = outcomes[2] { #expect(error.code == .queueFull) } else { Issue.record("taken") }
    }

    @Test func closingRecordsWhatWaitsAndTakesNoMore() async throws {
        let ledger = try place.open { $0.batchLimit = 7 }
        let stall = Stall(ledger)
        let collector = Collector()
        collector.record((0..<50).map { Ask(requestId: "r\($0)").decision }, in: ledger)
        DispatchQueue.global().async { ledger.close() }
        while !ledger.status.isClosed { await Task.yield() }
        #expect(await ledger.failure(Ask(requestId: "late")) == .closed)
        stall.release()
        ledger.close()
        #expect(try collector.outcomes().map { try $0.get().sequence } == (2...51).map(Int64.init))
        #expect(try await place.rows("SELECT count(*) FROM decisions") == ["[51]"])
    }

    @Test func aDecisionIsVisibleToOthersBeforeItsCompletion() throws {
        let ledger = try place.open()
        let done = DispatchSemaphore(value: 0)
        ledger.record(Ask().decision) { outcome in
            let seen = try? place.reader().show(sequence: 1)
            #expect((try? outcome.get().leafHash) == seen?.leafHash && seen != nil)
            done.signal()
        }
        done.wait()
    }

    @Test func deferredDecisionsWaitForTheFlush() throws {
        let ledger = try place.open()
        let collector = Collector()
        collector.record((0..<3).map { Ask(requestId: "r\($0)").decision }, in: ledger, deferred: true)
        #expect(ledger.status.queueDepth == 3)
        ledger.flush()
        #expect(try collector.outcomes().map { try $0.get().sequence } == [1, 2, 3])
    }

    @Test func enoughDeferredDecisionsNeedNoFlush() throws {
        let ledger = try place.open()
        let collector = Collector()
        collector.record((0..<32).map { Ask(requestId: "r\($0)").decision }, in: ledger, deferred: true)
        #expect(try collector.outcomes().map { try $0.get().sequence } == (1...32).map(Int64.init))
    }

    /// Of a long queue half is taken, a short one whole; the clock tells transactions apart.
    @Test(arguments: [(17, [17]), (31, [31]), (32, [16, 16]), (70, [35, 17, 18])])
    func aShortQueueIsCommittedWhole(_ waiting: Int, _ batches: [Int]) throws {
        let time = Mutex<Int64>(1_000_000)
        let ticking = LedgerClock {
            LedgerInstant(
                milliseconds: time.withLock { time in
                    time += 1000
                    return time
                })
        }
        let ledger = try place.open(ticking)
        let stall = Stall(ledger)
        let collector = Collector()
        collector.record((0..<waiting).map { Ask(requestId: "r\($0)").decision }, in: ledger)
        stall.release()
        let instants = try collector.outcomes().map { try $0.get().recordedAt }
        #expect(instants == instants.sorted())
        #expect(Set(instants).sorted().map { instant in instants.count { $0 == instant } } == batches)
    }

    @Test func deferredDecisionsAreRecordedWhenTheLedgerIsClosed() throws {
        let ledger = try place.open()
        let collector = Collector()
        collector.record([Ask().decision], in: ledger, deferred: true)
        ledger.close()
        #expect(try collector.outcomes()[0].get().sequence == 1)
    }

    @Test(arguments: ["", "a\0b", "caf\u{e9}", String(repeating: "x", count: 257), "a\nb"])
    func anUnusableRequestIdIsRefused(_ requestId: String) async throws {
        let ledger = try place.open()
        #expect(await ledger.failure(Ask(requestId: requestId)) == .unstorable)
        ledger.close()
        #expect(try await place.rows("SELECT count(*) FROM decisions") == ["[0]"])
    }

    @Test func aLedgerThatIsDroppedStillRecordsWhatWaits() async throws {
        let collector = Collector()
        do {
            let ledger = try place.open()
            collector.record((0..<20).map { Ask(requestId: "r\($0)").decision }, in: ledger)
        }
        #expect(try collector.outcomes().map { try $0.get().sequence }.count == 20)
    }
}
