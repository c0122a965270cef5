// What a row holds, in which words, and what it never holds.

import CallbackProtocol
import Foundation
import SystemCrypto
import TestSupport
import Testing

@testable import DecisionLedger

@Suite(.bothStores) struct RecordTests {
    let place: Place
    let clock: ManualClock
    let ledger: DecisionLedger

    init() throws {
        place = try Place()
        clock = try ManualClock("2026-11-21T09:30:00.123Z")
        ledger = try place.open(clock.clock)
    }

    @Test func theJSONHasTheDocumentedMembersInTheirOrder() async throws {
        let recorded = try await ledger.record(Ask())
        let digest = SHA256Digest.label(SHA256Digest.hash(Array(Ask().payload.utf8)))
        let expected = """
            {"sequence":1,"recordedAt":"2026-11-21T09:30:00.123Z",\
            "requestId":"9c794cee-7e27-46c9-9e9a-ed68295ff06b","kind":"transaction","stage":"signing",\
            "payloadDigest":"\(digest)","cosigner":"primary","signerId":"signer-1","action":"APPROVE",\
            "rule":"small-payout","reason":null,"rulesDigest":"sha256:rules","summary":{"operation":"TRANSFER",\
            "asset":"ETH","amount":"0.01","amountUsd":"18.74292937","source":"VAULT/0",\
            "destinations":["VAULT/1 0x5dC69B1Fbb13Bafd09af88a782F0F285772Ad5f8"]},"repeat":0,\
            "leafHash":"\(Hexadecimal.encode(recorded.leafHash))"}
            """
        #expect(recorded.json() == expected)
        let reader = try place.reader()
        #expect(try reader.list().map { $0.json() } == [expected])
        let shown = try #require(try reader.show(sequence: 1))
        #expect(shown.payload == Ask().payload)
        #expect(shown.json(includingAll: true).contains(#""listener":"127.0.0.1:8443""#))
    }

    @Test func aConflictSaysSoAndACertificateModeRecordHasNoCosigner() async throws {
        _ = try await ledger.record(Ask(key: nil, signerId: nil))
        let conflict = try await ledger.record(Ask(key: nil, signerId: nil, note: "other"))
        #expect(conflict.json().hasSuffix(#","conflict":true}"#))
        #expect(conflict.json().contains(#""cosigner":null,"signerId":null"#))
        #expect(conflict.authenticator == "listener:127.0.0.1:8443")
    }

    @Test func everyLeafHashIsRecomputedByPython() async throws {
        let reason = "quotes \" and \\ and \u{8}\u{c}\n\r\t\u{1f}\u{7f} and caf\u{e9} \u{1f511} \u{2028}"
        _ = try await ledger.record(Ask(action: .reject, reason: reason))
        _ = try await ledger.record(Ask(note: "other", action: .approve))
        _ = try await ledger.record(Ask(requestId: "r", key: nil, signerId: "", action: .retry, rule: nil))
        _ = try await ledger.record(
            try Ask(requestId: "c").configuration(type: "UNMANAGED_WALLET", extraInfo: #"{"address":"0xab","tag":"7"}"#)
        )
        _ = try await ledger.record(Ask(requestId: "r", key: nil, signerId: "", action: .retry, rule: nil))
        let reader = try place.reader()
        let lines = try (1...4).map { try #require(try reader.show(sequence: $0)).json(includingAll: true) }
        let script = """
            import hashlib, json, sys
            for line in sys.stdin:
                record = json.loads(line)
                expected, payload = record.pop('leafHash'), record.pop('payload')
                record.pop('repeat')
                text = json.dumps(record, sort_keys=True, separators=(',', ':'), ensure_ascii=False)
                leaf = hashlib.sha256(b'\\0' + text.encode()).hexdigest()
                stored = 'sha256:' + hashlib.sha256(payload.encode()).hexdigest()
                print(leaf == expected and stored == record['storedPayloadDigest'])
            """
        let result = try await run(
            "python3", ["-c", script], stdin: Data(lines.joined(separator: "\n").utf8),
            environment: ["PYTHONIOENCODING": "utf-8", "PYTHONUTF8": "1"])
        #expect(result.text == "True\nTrue\nTrue\nTrue\n", "\(result.errorText)")
    }

    @Test func timeNeverGoesBack() async throws {
        #expect(try await ledger.record(Ask(requestId: "a")).recordedAt.description == "2026-11-21T09:30:00.123Z")
        try clock.set("2026-11-21T08:00:00Z")
        let second = try await ledger.record(Ask(requestId: "b"))
        #expect(second.recordedAt.description == "2026-11-21T09:30:00.123Z")
        #expect(second.receivedAt.description == "2026-11-21T08:00:00.000Z")
        ledger.close()
        let reopened = try place.open(clock.clock)
        #expect(
            try await reopened.record(Ask(requestId: "c")).recordedAt.description == "2026-11-21T09:30:00.123Z")
        try clock.set("2026-11-21T09:30:00.124Z")
        #expect(
            try await reopened.record(Ask(requestId: "d")).recordedAt.description == "2026-11-21T09:30:00.124Z")
    }

    @Test func aSecretIsInNoByteOfNoFile() async throws {
        let secret = "kraken-key-4f1d7a"
        let info = """
            {"subType":"KRAKEN","accountName":"Kraken main","apiKey":"\(secret)",\
            "addresses":"{\\"apiKey\\":\\"\(secret)\\",\\"BTC\\":\\"bc1q\\"}"}
            """
        for note in ["", "", "more"] {
            let ask = Ask(requestId: "exchange")
            let text = info.replacingOccurrences(of: "main", with: "main" + note)
            _ = try await ledger.record(try ask.configuration(type: "EXCHANGE", extraInfo: text))
        }
        func holdsSecret() throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: place.directory.url.path).filter {
                try Data(contentsOf: place.directory.file($0)).range(of: Data(secret.utf8)) != nil
            }
        }
        #expect(try holdsSecret() == [])
        let shown = try #require(try place.reader().show(requestId: "exchange").first)
        #expect(shown.payload?.contains("Kraken main") == true && shown.payload?.contains("bc1q") == true)
        #expect(shown.payloadDigest != shown.storedPayloadDigest)
        #expect(shown.summary["accountName"]?.string == "Kraken main" && shown.summary["apiKey"] == nil)
        ledger.close()
        #expect(try holdsSecret() == [])
    }

    @Test func anAmountWithoutAPriceForEachDestinationHasNoSum() async throws {
        let recorded = try await ledger.record(Ask(amountUSD: nil))
        #expect(recorded.summary["amountUsd"] == nil && recorded.summary["amount"]?.string == "0.01")
    }

    @Test func sequencesHaveNoGapsAcrossReopening() async throws {
        for number in 1...3 { #expect(try await ledger.record(Ask(requestId: "a\(number)")).sequence == Int64(number)) }
        ledger.close()
        let reopened = try place.open()
        #expect(try await reopened.record(Ask(requestId: "b")).sequence == 4)
    }
}
