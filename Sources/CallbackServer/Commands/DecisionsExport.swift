// callback-server decisions export

import ArgumentParser
import DecisionLedger

struct DecisionsExport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write recorded decisions for a SIEM system, oldest first, one on each line.",
        discussion: """
            jsonl is what `show --json` prints, ecs is Elastic Common Schema 8, cef is ArcSight Common Event Format, syslog is RFC \
            5424 with structured data. Fields: docs/interfaces.md. To send decisions as they are recorded, configure `sinks`. \
            With --proof, the whole log up to its newest checkpoint, holds included, so that anybody can verify it: docs/ledger.md.
            """)

    @Option(help: "jsonl, ecs, cef or syslog.")
    var format: ExportFormat

    @OptionGroup var file: ConfigurationOption
    @OptionGroup(title: "Filters") var options: DecisionFilterOptions

    @Option(
        help: ArgumentHelp(
            "Only decisions after this sequence number: what the last export ended with.", valueName: "N"))
    var after: Int64?

    @Option(help: ArgumentHelp("Only the newest N of them.", valueName: "N"))
    var limit: Int?

    @Flag(help: "With the request's payload, secrets replaced; jsonl and ecs only.")
    var payload = false

    @Flag(help: "The records of the whole log and its signed checkpoint, jsonl only, without filters.")
    var proof = false

    @Option(
        help: ArgumentHelp(
            "Write to this file, mode 0600, replaced when the export is whole; else to standard output.",
            valueName: "FILE"))
    var output: String?

    mutating func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit must be at least 1") }
        if let after, after < 0 { throw ValidationError("--after must not be negative") }
        if payload, !format.holdsPayload {
            throw ValidationError(
                "--payload needs --format jsonl or ecs: a line of \(format.rawValue) holds no payload")
        }
        if proof, format != .jsonl || payload || limit != nil || after != nil || options.filter != DecisionFilter() {
            throw ValidationError(
                "--proof is for the whole log as jsonl: it goes with no filter, --limit, --after or --payload")
        }
    }

    func run() throws {
        let reader = try LedgerAccess(configuration: try file.read().ledger).reader()
        let origin = EventOrigin.here()
        let export = try ExportFile(path: output)
        do {
            if proof {
                try writeProof(of: reader, to: export)
                return try export.finish()
            }
            try reader.each(options.filter, limit: limit, withPayloads: payload) { decision in
                if decision.sequence > after ?? 0 { export.write(format.line(decision, origin: origin)) }
            }
        } catch {
            export.discard()
            throw error
        }
        try export.finish()
        if let output { printError("\(export.count) decisions written to \(output)") }
    }

    private func writeProof(of reader: LedgerReader, to export: ExportFile) throws {
        var index = 0
        let checkpoint = try reader.records { record in
            export.write(Array(ExportLine.entry(index: index, record: String(decoding: record, as: UTF8.self)).utf8))
            index += 1
        }
        guard let checkpoint else {
            throw ServerError(.notFound, "Nothing was signed yet: the ledger is empty, or a second old")
        }
        export.write(Array(ExportLine.checkpoint(checkpoint).utf8))
    }
}
