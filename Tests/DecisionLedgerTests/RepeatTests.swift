// Invariant 2: the same request gets the same answer and is counted once.

import CallbackProtocol
import Dispatch
import Testing

@testable import DecisionLedger

@Suite(.bothStores) struct RepeatTests {
    let place: Place
    let ledger: DecisionLedger

    init() throws {
        place = try Place()
        ledger = try place.open()
    }

    @Test(arguments: [CallbackAction.approve, .reject, .ignore])
    func aFinalAnswerIsTheAnswerToEveryRepeat(_ action: CallbackAction) async throws {
        let ask = Ask(stage: .approval, action: action, reason: "because")
        let first = try await ledger.record(ask)
        #expect(!first.isRepeat && first.repeatCount == 0 && first.sequence == 1)
        for count in 1...3 {
            let again = try await ledger.record(
                ask.with {
                    $0.action = action == .approve ? .reject : .approve
                    $0.rule = "another"
                    $0.reason = "changed its mind"
                })
            #expect(again.isRepeat && !again.isConflict && again.repeatCount == count)
            #expect(again.action == action && again.rule == "small-payout" && again.reason == "because")
            #expect(again.sequence == 1 && again.leafHash == first.leafHash && again.recordedAt == first.recordedAt)
        }
        #expect(try await place.rows("SELECT count(*), max(repeat) FROM decisions") == ["[1,3]"])
    }

    @Test func aRepeatIsFoundAfterReopening() async throws {
        _ = try await ledger.record(Ask(action: .reject, reason: "no"))
        ledger.close()
        let reopened = try place.open()
        let again = try await reopened.record(Ask(action: .approve))
        #expect(again.isRepeat && again.action == .reject && again.response.rejectionReason == "no")
    }

    @Test func anotherPayloadAfterAFinalAnswerIsRefusedWithAnAlarmAndOnceOnly() async throws {
        _ = try await ledger.record(Ask())
        let other = Ask(note: "other")
        let refused = try await ledger.record(other)
        #expect(refused.isConflict && !refused.isRepeat && refused.action == .reject && refused.rule == nil)
        #expect(refused.reason == "another payload was already decided for this requestId")
        #expect(refused.sequence == 2)
        let again = try await ledger.record(other)
        #expect(again.isConflict && again.isRepeat && again.action == .reject && again.repeatCount == 1)
        let third = try await ledger.record(Ask(note: "third"))
        #expect(third.isConflict && third.sequence == 3)
        // The first payload keeps its own answer.
        let original = try await ledger.record(Ask())
        #expect(original.action == .approve && original.isRepeat && !original.isConflict)
        #expect(
            try await place.rows("SELECT action, final, conflict, repeat FROM decisions ORDER BY sequence")
                == [#"["APPROVE",1,0,1]"#, #"["REJECT",1,1,1]"#, #"["REJECT",1,1,0]"#])
    }

    @Test func afterRetriesOnlyARequestIsDecidedAnew() async throws {
        let waiting = Ask(action: .retry, rule: "hold", reason: "waits for a person")
        _ = try await ledger.record(waiting)
        let same = try await ledger.record(waiting)
        #expect(same.isRepeat && same.sequence == 1 && same.repeatCount == 1 && same.action == .retry)
        let differently = try await ledger.record(waiting.with { $0.reason = "waits for two" })
        #expect(!differently.isRepeat && differently.sequence == 2)
        let changed = try await ledger.record(waiting.with { $0.note = "changed" })
        #expect(!changed.isConflict && !changed.isRepeat && changed.sequence == 3)
        let final = try await ledger.record(Ask(note: "changed", action: .approve))
        #expect(final.action == .approve && final.sequence == 4)
        // From here on the answer is final, for RETRY too.
        let late = try await ledger.record(waiting.with { $0.note = "changed" })
        #expect(late.action == .approve && late.isRepeat)
        let old = try await ledger.record(waiting)
        #expect(old.isConflict && old.action == .reject)
    }

    @Test func moreThanTenDifferentRetriesKeepTheirOrder() async throws {
        for number in 1...12 {
            let retry = Ask(action: .retry, reason: "try \(number)")
            #expect(try await ledger.record(retry).sequence == Int64(number))
            #expect(try await ledger.record(retry).isRepeat)
        }
    }

    @Test func eachPartOfTheIdentityMakesAnotherRequest() async throws {
        var composed = Ask()
        composed.signerId = "caf\u{e9}"
        let asks: [Ask] = [
            Ask(), Ask(stage: .approval), Ask(key: 2), Ask(key: nil), Ask(key: nil, listener: "127.0.0.1:8444"),
            Ask(signerId: nil), Ask(signerId: ""), Ask(signerId: "signer-2"), Ask(signerId: "-"), Ask(signerId: "="),
            Ask(signerId: "a"), Ask(signerId: "a\0b"), Ask(signerId: "a\0c"), composed, Ask(signerId: "cafe\u{301}"),
            Ask(requestId: "other"),
        ]
        for (index, ask) in asks.enumerated() {
            // Payloads differ, so that a confused identity would show as a conflict.
            let recorded = try await ledger.record(ask.with { $0.note = "\(index)" })
            #expect(!recorded.isConflict && !recorded.isRepeat, "\(ask)")
        }
        let configuration = try Ask().configuration(type: "ADD_USER", extraInfo: "{}")
        #expect(try await ledger.record(configuration).isConflict == false)
        #expect(try await place.rows("SELECT count(*) FROM decisions") == ["[\(asks.count + 1)]"])
        for (index, ask) in asks.enumerated() {
            let again = try await ledger.record(ask.with { $0.note = "\(index)" })
            #expect(again.isRepeat && !again.isConflict, "\(ask)")
        }
    }

    /// Swift takes these texts for equal; neither who records nor who verifies may.
    @Test func signersWhoseNamesOnlyLookAlikeAreTwo() async throws {
        for (signerId, note) in [
            ("caf\u{e9}", "first"), ("cafe\u{301}", "second"), ("\u{212a}", "third"), ("K", "fourth"),
        ] {
            let recorded = try await ledger.record(Ask(signerId: signerId, note: note))
            #expect(!recorded.isConflict && !recorded.isRepeat, "\(note)")
        }
        #expect(try LedgerVerifier([place.reader()], key: nil).verify().isSound)
    }

    @Test func requestsOfOneTransactionBehaveAsIfOneAfterAnother() async throws {
        let clock = try ManualClock("2026-11-21T09:30:00Z")
        let other = try Place()
        let ledger = try other.open(clock.clock)
        let stall = Stall(ledger)
        let collector = Collector()
        let asks = [
            Ask(action: .retry), Ask(action: .retry), Ask(), Ask(action: .reject), Ask(note: "other"),
            Ask(note: "other"), Ask(stage: .approval),
        ]
        collector.record(asks.map(\.decision), in: ledger)
        stall.release()
        let outcomes = try collector.outcomes().map { try $0.get() }
        #expect(clock.asked == 2, "the stalled one and one batch")
        #expect(outcomes.map(\.sequence) == [2, 2, 3, 3, 4, 4, 5])
        #expect(outcomes.map(\.isRepeat) == [false, true, false, true, false, true, false])
        #expect(outcomes.map(\.isConflict) == [false, false, false, false, true, true, false])
        #expect(
            outcomes.map(\.action) == [.retry, .retry, .approve, .approve, .reject, .reject, .approve])
    }

    @Test func ofManyThreadsRacingWithOneRequestOneWins() async throws {
        let collectors = (0..<64).map { _ in Collector() }
        let (ledger, actions) = (ledger, [CallbackAction.approve, .reject, .ignore])
        DispatchQueue.concurrentPerform(iterations: 64) { index in
            let ask = Ask(stage: .approval, action: actions[index % 3])
            collectors[index].record([ask.decision], in: ledger)
        }
        let outcomes = try collectors.flatMap { try $0.outcomes() }.map { try $0.get() }
        #expect(Set(outcomes.map(\.action)).count == 1)
        #expect(outcomes.filter { !$0.isRepeat }.count == 1)
        #expect(try await place.rows("SELECT count(*), sum(repeat) FROM decisions") == ["[1,63]"])
    }

    @Test func manyThreadsWithManyPayloadsOfOneRequestGetOneApproval() async throws {
        let collectors = (0..<64).map { _ in Collector() }
        let ledger = ledger
        DispatchQueue.concurrentPerform(iterations: 64) { index in
            collectors[index].record([Ask(note: "\(index % 16)").decision], in: ledger)
        }
        let outcomes = try collectors.flatMap { try $0.outcomes() }.map { try $0.get() }
        #expect(Set(outcomes.filter { $0.action == .approve }.map(\.sequence)).count == 1)
        #expect(Set(outcomes.filter { $0.action == .approve }.map(\.payloadDigest)).count == 1)
        #expect(outcomes.filter { $0.action == .approve }.count == 4)
        #expect(try await place.rows("SELECT count(*), sum(conflict) FROM decisions") == ["[16,15]"])
    }
}
