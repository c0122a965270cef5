// Every code of the checker, with its place; and the forms in which findings are printed.

import CallbackProtocol
import CallbackRules
import Testing

@Suite struct DiagnosticTests {
    @Test(arguments: BadRules.all)
    func `a bad file is found with its code and place`(bad: BadRules) throws {
        let found = diagnostics(bad.text, lists: bad.lists)
        let finding = try #require(found.first { $0.code == bad.code }, "\(found)\n\(bad.text)")
        #expect((finding.line, finding.column) == (bad.line, bad.column), "\(finding)\n\(bad.text)")
        #expect(!finding.message.isEmpty)
        #expect(!finding.hint.isEmpty)
        if finding.severity == .error {
            #expect(
                RulesSnapshot.load(file: "f", text: Array(bad.text.utf8)) { _ in [] }.snapshot == nil
                    || !bad.lists.isEmpty || bad.code == .listUnreadable)
        } else {
            #expect(found.allSatisfy { $0.severity == .warning }, "\(found)")
        }
    }

    @Test func `every code is proven by a test`() {
        let elsewhere: Set<DiagnosticCode> = [
            .notUTF8, .tooLarge, .syntax, .emptyFile, .severalDocuments, .anchor, .tag, .duplicateKey, .tooDeep,
            .unnamedPeer,
            .hiddenCharacter,
            // In RulesTestToolTests.
            .badSample, .badInstant, .unlistedKind, .unknownSample, .badChange, .unknownRule, .wrongCount,
        ]
        let proven = Set(BadRules.all.map(\.code)).union(elsewhere)
        #expect(DiagnosticCode.allCases.filter { !proven.contains($0) }.isEmpty)
        #expect(DiagnosticCode.allCases.count >= 40)
    }

    @Test func `codes have the form R and three digits, with a title and a fix each`() {
        for code in DiagnosticCode.allCases {
            #expect(code.rawValue.count == 4 && code.rawValue.hasPrefix("R") && Int(code.rawValue.dropFirst()) != nil)
            #expect(!code.title.isEmpty)
            #expect(code.fix.hasSuffix("."))
        }
        #expect(Set(DiagnosticCode.allCases.map(\.title)).count == DiagnosticCode.allCases.count)
    }

    @Test(arguments: [
        ("transaction: []", "`transactions`"), ("time_zone: Europe/Zuerich", "`Europe/Zurich`"),
        ("transactions: [{ id: a, effect: aprove, when: always }]", "`approve`"),
        ("transactions: [{ id: a, effect: reject, when: { operation: TRANSFR } }]", "`TRANSFER`"),
        (
            "transactions: [{ id: a, effect: reject, when: { destination.type: VAULT } }]",
            "`destination: { type: ... }`"
        ),
        ("transactions: [{ id: a, effect: reject, when: { destination: { adress: x } } }]", "`address`"),
        ("transactions: [{ id: a, effect: reject, when: { wallet: { kind: x } } }]", "other kind of request"),
    ])
    func `hints name what was meant`(line: String, meant: String) {
        let found = diagnostics("rules_version: 1\nname: x\n" + line + "\n")
        #expect(found.contains { $0.hint.contains(meant) }, "\(found)")
    }

    @Test func `findings in a list file name that file and its line`() throws {
        let text = "rules_version: 1\nname: x\nlists: { a: { addresses_file: l.txt } }\n"
        let found = diagnostics(text, lists: ["l.txt": "# list\n\(evmAddress)  # ours\r\n\ntwo words\n0x12\n"])
        let inList = found.filter { $0.file == "l.txt" }
        #expect(inList.map(\.line) == [4, 5])
        #expect(inList.map(\.code) == [.notAnAddress, .oddAddress])
    }

    @Test func `findings come in the order of the text, all of them at once`() {
        let text = """
            rules_version: 1
            name: x
            transactions:
              - { id: a, effect: allow, when: always }
              - { id: b, effect: reject, when: { assets: ETH } }
            lists: { "x y": { ids: [] } }

            """
        #expect(diagnostics(text).map(\.line) == [4, 5, 6])
    }

    @Test func `a finding prints as text and as one line of JSON`() {
        let finding = Diagnostic(file: "a\"b.yaml", line: 3, column: 4, code: .unquotedBound, message: "\n", hint: "h")
        #expect(finding.description == "a\"b.yaml:3:4: error: \n [R059]\n    h")
        #expect(
            finding.json
                == #"{"file":"a\"b.yaml","line":3,"column":4,"severity":"error","code":"R059","message":"\n","hint":"h"}"#
        )
    }

    @Test func `approve rules that name no peer are reported for certificate mode only`() throws {
        let text = """
            - { id: a, effect: approve, when: { asset: ETH } }
            - { id: b, effect: approve, when: { asset: ETH, cosigner: primary } }
            - { id: c, effect: reject, when: always }

            """
        let snapshot = try loaded(rulesText(transactions: text))
        #expect(snapshot.certificateModeWarnings.map(\.code) == [.unnamedPeer])
        #expect(snapshot.certificateModeWarnings.first?.severity == .warning)
        #expect(!diagnostics(rulesText(transactions: text)).contains { $0.code == .unnamedPeer })
    }

    @Test func `a thousand rules and a hundred thousand addresses load and are evaluated`() throws {
        let addresses = (0..<100_000).map { number in
            let digits = String(number, radix: 16)
            return "0x" + String(repeating: "0", count: 40 - digits.count) + digits
        }
        let rules = (0..<1_000).map { number in
            "  - { id: r\(number), effect: reject, when: { destination: { address: { in: big } }, note: \"\(number)\" } }"
        }
        let text =
            "rules_version: 1\nname: big\nlists: { big: { addresses_file: big.txt } }\ntransactions:\n"
            + "  - { id: pay, effect: approve, when: { asset: ETH } }\n" + rules.joined(separator: "\n") + "\n"
        let snapshot = try loaded(text, lists: ["big.txt": addresses.joined(separator: "\n")])
        func effect(_ address: String) -> Verdict {
            let request = payment {
                $0.note = "999"
                $0.destAddress = address
                $0.destinations[0].displayDstAddress = address
            }
            let input = EvaluationInput(content: .transaction(request), cosigner: nil, listener: "l")
            return snapshot.evaluate(input, at: saturdayMorning, tracing: false).effect
        }
        #expect(snapshot.ruleCount == 1_001)
        #expect(effect(addresses[99_999].uppercased().replacing("0X", with: "0x")) == .reject)
        #expect(effect(evmAddress) == .approve)
    }
}
