// The schemas of rules files and of their tests, against a validator that is not ours.

import CallbackRules
import Foundation
import TestSupport
import Testing

@Suite struct SchemaTests {
    /// Folders of rules/ with a set of rules.
    private static let sets = Repository.ruleSets

    @Test func `Python's jsonschema accepts every shipped rules file and refuses bad ones`() async throws {
        var accepted = [("starter", StarterRules.yaml)]
        accepted += try Self.sets.map { ($0, try Repository.text("rules/\($0)/rules.yaml")) }
        var generator = Generator(random: SplitMix64(seed: 11))
        accepted += (0..<40).map { ("generated\($0)", generator.rules().yaml) }
        for bad in BadRules.structural {
            #expect(diagnostics(bad.text).contains { $0.severity == .error }, "\(bad.text)")
        }
        let refused = BadRules.structural.map { ($0.code.rawValue, $0.text) }
        #expect(Self.sets.count >= 8 && refused.count >= 60)
        let complaints = try await schemaComplaints(RulesSchema.json, accepted: accepted, refused: refused)
        #expect(complaints.isEmpty, "\(complaints)")
    }

    @Test func `Python's jsonschema accepts every shipped file of tests and refuses bad ones`() async throws {
        var accepted = try Self.sets.map { ($0, try Repository.text("rules/\($0)/rules.tests.yaml")) }
        accepted.append(("everything", BadTestFiles.good))
        let good = try loaded(BadTestFiles.rules)
        #expect(BadTestFiles.load(BadTestFiles.good, good).diagnostics.isEmpty)
        for bad in BadTestFiles.structural {
            let result = BadTestFiles.load(bad, good)
            #expect(result.tests == nil, "the reader takes \(bad)")
        }
        let refused = BadTestFiles.structural.enumerated().map { ("bad\($0.offset)", $0.element) }
        let complaints = try await schemaComplaints(RulesTestSchema.json, accepted: accepted, refused: refused)
        #expect(complaints.isEmpty, "\(complaints)")
    }

    @Test(arguments: [("rules", RulesSchema.json), ("tests", RulesTestSchema.json)])
    func `every member has a description`(name: String, schema: String) throws {
        let schema = try JSONSchemaDocument(schema)
        #expect(schema.undescribed.isEmpty, "\(name): \(schema.undescribed)")
    }

    @Test func `the schemas beside the shipped rules are those that the module prints`() throws {
        for folder in ["docs/schemas", "rules/schemas"] {
            #expect(try Repository.text("\(folder)/rules.schema.json") == RulesSchema.json, "make docs writes it")
            #expect(try Repository.text("\(folder)/tests.schema.json") == RulesTestSchema.json, "make docs writes it")
        }
    }
}
