// Exported lines: against golden files, and against readers that are not ours.

import Foundation
import TestSupport
import Testing

@testable import CallbackProtocol
@testable import DecisionLedger
@testable import callback_server

@Suite(.timeLimit(.minutes(5))) struct ExportFormatTests {
    static let origin = EventOrigin(host: "signer-1.example.com", process: nil)

    private func text(_ format: ExportFormat, _ decisions: [RecordedDecision]) -> String {
        decisions.map { String(decoding: format.line($0, origin: Self.origin), as: UTF8.self) + "\n" }.joined()
    }

    /// COUNTERSIGN_WRITE_GOLDEN=DIR writes what this build makes, to be read and then copied.
    @Test(arguments: ExportFormat.allCases)
    func aFormatIsAsInItsGoldenFile(format: ExportFormat) async throws {
        let made = text(format, try await ExportFixture.decisions())
            .replacingOccurrences(of: Product.version, with: "{{version}}")
        if let folder = ProcessInfo.processInfo.environment["COUNTERSIGN_WRITE_GOLDEN"] {
            try made.write(toFile: "\(folder)/decisions.\(format.rawValue)", atomically: true, encoding: .utf8)
        }
        let golden = try String(contentsOf: try resource("export/decisions.\(format.rawValue)"), encoding: .utf8)
        #expect(Array(made.utf8) == Array(golden.utf8), "\(made)")
    }

    @Test func everyFormatSaysTheSameToReadersThatAreNotOurs() async throws {
        let directory = try TemporaryDirectory()
        let decisions = try await ExportFixture.decisions()
        var arguments = [try resource("export/check_export.py").path, try resource("export/ecs.schema.json").path]
        for format in [ExportFormat.jsonl, .ecs, .cef, .syslog] {
            if format != .jsonl { arguments.append(format.rawValue) }
            arguments.append(try directory.write("decisions.\(format.rawValue)", text(format, decisions)))
        }
        let checked = try await run("python3", arguments)
        #expect(checked.status == 0, "\(checked.text) \(checked.errorText)")
        #expect(checked.text == "\(decisions.count) decisions agree in 3 formats\n")
    }

    @Test func noValueBeginsALineOrSteersATerminal() async throws {
        for decision in try await ExportFixture.decisions() {
            for format in ExportFormat.allCases {
                let line = String(decoding: format.line(decision, origin: Self.origin), as: UTF8.self)
                let controls = line.unicodeScalars.filter { $0.isControl }
                #expect(controls.isEmpty, "\(line)")
            }
        }
    }

    /// A co-signer may send a request with any number of destinations of any length.
    @Test func messagesToACollectorAreBounded() async throws {
        let decision = try #require(try await ExportFixture.decisions().last)
        #expect(decision.facts.contains { $0.values.count == 40 })
        let syslog = SyslogMessage(decision, origin: Self.origin).bytes
        #expect(syslog.count <= SyslogMessage.limit)
        #expect(String(decoding: syslog, as: UTF8.self).contains(#"truncated="externalTxId destinations"]"#))
        let ecs = ECSDocument(decision, origin: Self.origin, bounds: .message).bytes
        let document = try #require(try StrictJSON.parse(ecs).object?["countersign"]?.object)
        #expect(document["summary"]?.object?["destinations"]?.array?.count == ExportBounds.message.list)
        #expect(document["external_tx_id"]?.string?.utf8.count ?? .max <= ExportBounds.message.value)
        #expect(document["truncated"] == .bool(true))
        let whole = try StrictJSON.parse(ECSDocument(decision, origin: Self.origin).bytes).object
        #expect(whole?["countersign"]?.object?["truncated"] == nil)
        let cef = CEFEvent(decision, origin: Self.origin, bounds: .message).bytes
        #expect(cef.count < 2 * SyslogMessage.limit)
        #expect(String(decoding: cef, as: UTF8.self).hasSuffix(" CountersignTruncated=true"))
    }

    @Test(arguments: ["", "-", "host name", "höst", String(repeating: "h", count: 256), "a\nb"])
    func aHostNameThatSyslogCannotCarryIsLeftOut(host: String) async throws {
        let origin = EventOrigin(host: host, process: 7)
        #expect(origin.host == nil)
        let decision = try #require(try await ExportFixture.decisions(1).first)
        let line = String(decoding: SyslogMessage(decision, origin: origin).bytes, as: UTF8.self)
        #expect(line.hasPrefix("<134>1 2026-11-21T09:30:00.123Z - callback-server 7 DECISION ["))
    }

    @Test(
        arguments: zip(
            ["amountUsd", "networkID", "subType", "asset"], ["amount_usd", "network_id", "sub_type", "asset"]))
    func factsAreNamedInTheWayOfTheSchema(name: String, expected: String) {
        #expect(snakeCase(name) == expected)
    }
}
