// Cases that a review of the first version found: each could have let something through that a rule meant to stop.

import CallbackProtocol
import Testing

@testable import CallbackRules

@Suite struct ReviewFindingsTests {
    private func load(_ text: String, list: String = "") -> RulesLoadResult {
        RulesSnapshot.load(file: "rules.yaml", text: Array(text.utf8)) { _ in Array(list.utf8) }
    }

    private let listed = """
        rules_version: 1
        name: findings
        time_zone: UTC
        lists:
          sanctioned: { addresses_file: sanctioned.txt }
        transactions:
          - id: sanctioned
            effect: reject
            when: { destination: { address: { in: sanctioned } } }
        configuration_changes: []
        """

    /// An entry that can never match would leave a sanctioned address unlisted without a word.
    @Test(arguments: [
        "bc1qjhm0h7vhdyu0d0luv34dlz654rmsvg8twywk99\u{a0}", "bc1qjhm0h7vhdyu0d0luv34dlz654rmsvg8twywk99\u{200b}",
        "\"0x5dC69B1Fbb13Bafd09af88a782F0F285772Ad5f8\"", "bc1qjhm0h7vhdyu0d0luv34dlz654rmsvg8twywk99,Name",
        "'1DpivPqJkLxbRwm4GpxXsNPKS29ou1NYdC'",
    ])
    func aListEntryThatNoAddressCanBeIsAnError(entry: String) {
        let result = load(listed, list: entry + "\n")
        #expect(result.snapshot == nil)
        #expect(result.diagnostics.contains { $0.file == "sanctioned.txt" || $0.severity == .error })
    }

    @Test(arguments: [
        " 0x5dC69B1Fbb13Bafd09af88a782F0F285772Ad5f8", "0x5dC69B1Fbb13Bafd09af88a782F0F285772Ad5f8\u{200b}",
    ])
    func aStatedAddressThatCannotBeOneIsUnknown(address: String) throws {
        let rules = try #require(
            load(listed, list: "0x5dC69B1Fbb13Bafd09af88a782F0F285772Ad5f8\n").snapshot)
        var request = TransactionRequest(requestId: "r", stage: .signing)
        request.operation = "TRANSFER"
        request.destinations = [.init(dstAddress: address)]
        let evaluation = rules.evaluate(
            EvaluationInput(content: .transaction(request), cosigner: "c", listener: "l"),
            at: RulesInstant(seconds: 0), tracing: true)
        #expect(evaluation.rule == "sanctioned")
        #expect(evaluation.effect == .reject)
    }

    @Test func dataOfAConfigurationChangeThatIsPresentIsEvaluatedWhateverItsType() throws {
        let text = """
            rules_version: 1
            name: findings
            time_zone: UTC
            lists:
              sanctioned: { addresses: ["0x5dC69B1Fbb13Bafd09af88a782F0F285772Ad5f8"] }
            transactions: []
            configuration_changes:
              - id: sanctioned
                effect: reject
                when: { wallet: { address: { in: sanctioned } } }
              - id: banks
                effect: approve
                when: { type: FIAT_ACCOUNT }
            """
        let rules = try #require(load(text).snapshot)
        func effect(_ extraInfo: JSONObject) -> Verdict {
            let request = ConfigurationChangeRequest(requestId: "r", type: "FIAT_ACCOUNT", extraInfo: extraInfo)
            return rules.evaluate(
                EvaluationInput(content: .configuration(request), cosigner: "c", listener: "l"),
                at: RulesInstant(seconds: 0), tracing: false
            ).effect
        }
        let address = JSONValue.string("0x5dC69B1Fbb13Bafd09af88a782F0F285772Ad5f8")
        #expect(effect(JSONObject([.init("address", address)])) == .reject)
        #expect(effect(JSONObject()) == .approve)
    }
}
