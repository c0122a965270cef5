// Every YAML block of the repository's documents that is a rules file or a file of tests works.

import CallbackRules
import SystemCrypto
import TestSupport
import Testing

@Suite struct DocumentationTests {
    /// What blocks can be. Pages of codes have tests of their own; configurations are read in EndToEndTests.
    private static func isOther(_ block: FencedBlock) -> Bool {
        block.file.hasPrefix("docs/rules-codes/") || block.text.contains("config_version:")
            || block.info.contains("configuration") || block.info.contains("fragment")
    }

    @Test func `every YAML block is a rules file that loads, tests that pass, a configuration, or marked`() throws {
        let pem = try RSAPrivateKey.generate(bits: 2048).publicKey.pem
        let files = ["sanctioned.txt": base58Address, "order-service.pem": pem]
        /// The rules that stood last in the same file, for tests and pasts.
        var last: (file: String, rules: RulesSnapshot)?
        var counts = (rules: 0, tests: 0, pasts: 0)
        for block in try Repository.yamlBlocks() where !Self.isOther(block) {
            if block.text.contains("rules_version:") {
                let found = diagnostics(block.text, lists: files)
                #expect(found.isEmpty, "\(block.place): \(found)")
                last = (block.file, try loaded(block.text, lists: files))
                counts.rules += 1
                continue
            }
            guard let last, last.file == block.file else {
                Issue.record(
                    "\(block.place): no rules file, and none before it; mark it `yaml configuration` or `yaml fragment`"
                )
                continue
            }
            if block.text.contains("tests_version:") {
                let result = RulesTestFile.load(file: block.place, text: Array(block.text.utf8), rules: last.rules) {
                    throw RulesDidNotLoad(description: $0)
                }
                let run = last.rules.run(try #require(result.tests, "\(block.place): \(result.diagnostics)"))
                #expect(run.failures == 0, "\(run.text)")
                counts.tests += 1
            } else if block.info.contains("past") {
                let result = RulesPast.load(file: block.place, text: Array(block.text.utf8), rules: last.rules)
                #expect(result.past != nil && result.diagnostics.isEmpty, "\(block.place): \(result.diagnostics)")
                counts.pasts += 1
            } else {
                Issue.record(
                    "\(block.place): neither rules nor tests; mark it `yaml past`, `configuration` or `fragment`")
            }
        }
        #expect(counts.rules >= 4 && counts.tests >= 1 && counts.pasts >= 1, "\(counts)")
    }
}
