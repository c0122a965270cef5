// callback-server decisions show

import ArgumentParser
import CallbackProtocol
import DecisionLedger

struct DecisionsShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show everything that is recorded of one decision, its payload included.",
        discussion: "Secrets of configuration changes were replaced before they were stored.")

    @Argument(
        help: ArgumentHelp("The decision's sequence number, or a request's id.", valueName: "SEQUENCE|REQUEST_ID"))
    var which: String

    @OptionGroup var file: ConfigurationOption

    @Flag(help: "One JSON value per line.")
    var json = false

    func run() throws {
        let reader = try LedgerAccess(configuration: try file.read().ledger).reader()
        var found: [RecordedDecision] = []
        if let sequence = Int64(which), let decision = try reader.show(sequence: sequence) { found = [decision] }
        if found.isEmpty { found = try reader.show(requestId: which) }
        guard !found.isEmpty else {
            throw ServerError(.notFound, "The ledger holds no decision with the sequence number or request id \(which)")
        }
        for decision in found {
            let text = decision.json(includingAll: true)
            let object = try? StrictJSON.parse(Array(text.utf8)).object
            print(json ? text : object.map(Self.readable) ?? visible(text))
        }
    }

    /// One member a line, nested ones indented. Strings with line breaks and the like are escaped as in JSON, and nothing in
    /// any may steer the terminal.
    static func readable(_ object: JSONObject) -> String {
        lines(object, indent: "").joined(separator: "\n") + "\n"
    }

    private static func lines(_ object: JSONObject, indent: String) -> [String] {
        object.members.flatMap { member -> [String] in
            let name = visible(member.name)
            let label = indent + name + String(repeating: " ", count: max(1, 22 - indent.count - name.count))
            switch member.value {
            case .object(let inner): return [indent + name] + lines(inner, indent: indent + "  ")
            case .array(let values): return values.map { label + scalar($0) }
            default: return [label + scalar(member.value)]
            }
        }
    }

    private static func scalar(_ value: JSONValue) -> String {
        guard case .string(let text) = value, text.utf8.allSatisfy({ $0 >= 0x20 }) else {
            return visible(String(decoding: value.serialized(), as: UTF8.self))
        }
        return visible(text)
    }
}
