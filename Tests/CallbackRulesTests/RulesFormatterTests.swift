// What `rules fmt` makes of each thing that a file can hold.

import CallbackRules
import Testing

@Suite struct RulesFormatterTests {
    private func expect(_ ugly: String, becomes canonical: String, _ location: SourceLocation = #_sourceLocation) throws
    {
        let result = try RulesFormatter.format(ugly)
        #expect(result == canonical, "\n\(result)", sourceLocation: location)
        #expect(try RulesFormatter.format(canonical) == canonical, sourceLocation: location)
    }

    @Test func `indentation is two spaces, rules stand apart, nothing else is doubled`() throws {
        try expect(
            """


            rules_version: 1
            name:    x
            lists:
                vaults:
                      ids:
                      - "0"


                      - "12"
            transactions:
            -   id: a
                effect: reject

                when:
                        asset: ETH
            -
                id: b
                effect: reject
                when: always


            """,
            becomes: """
                rules_version: 1
                name: x

                lists:
                  vaults:
                    ids:
                      - "0"

                      - "12"

                transactions:
                  - id: a
                    effect: reject

                    when:
                      asset: ETH

                  - id: b
                    effect: reject
                    when: always

                """)
    }

    @Test func `keys have their order, unknown ones come last, conditions stay as they are`() throws {
        try expect(
            """
            future: { b: 1, a: 2 }
            configuration_changes: []
            transactions:
              - { when: always, effect: reject, id: flow }
              - zebra: x
                limits:
                  - { per: 24h, id: day }
                unless: { stage: approval }
                when: { operation: TRANSFER, asset: ETH }
                expires_after: 45m
                approvers: desk
                description: why
                reason: no
                effect: hold
                id: block
            approvers: {}
            windows: {}
            lists: {}
            assets: {}
            time_zone: Etc/UTC
            description: d
            name: x
            rules_version: 1
            """,
            becomes: """
                rules_version: 1
                name: x
                description: d
                time_zone: Etc/UTC

                assets: {}

                lists: {}

                windows: {}

                approvers: {}

                transactions:
                  - { id: flow, effect: reject, when: always }

                  - id: block
                    effect: hold
                    reason: no
                    description: why
                    approvers: desk
                    expires_after: 45m
                    when: { operation: TRANSFER, asset: ETH }
                    unless: { stage: approval }
                    limits:
                      - { per: 24h, id: day }
                    zebra: x

                configuration_changes: []

                future: { b: 1, a: 2 }

                """)
    }

    @Test func `a file of tests keeps the order of its keys`() throws {
        try expect(
            "tests:\n- request: a.json\n  name: first\n- name: second\nname: x\n",
            becomes: "tests:\n  - request: a.json\n    name: first\n\n  - name: second\n\nname: x\n")
    }

    @Test func `flow style stays where it fits a hundred columns, block style stays`() throws {
        let fits = "lists:\n  a: { ids: [" + String(repeating: "abcdefgh, ", count: 8) + "abc] }\n"
        #expect(fits.split(separator: "\n").map(\.count).max() == 99)
        try expect(fits, becomes: fits)
        try expect(
            fits.replacing("abc]", with: "abcde]").replacing("{ ids", with: "{ids"),
            becomes: "lists:\n  a:\n    ids: [" + String(repeating: "abcdefgh, ", count: 8) + "abcde]\n")
        try expect(
            "a: {type: VAULT,\n   id: {in: payout_vaults}}\nb:\n  - ETH\nc: [ETH,USDC,]\nd: [x: 1, {}, []]\n",
            becomes: """
                a: { type: VAULT, id: { in: payout_vaults } }

                b:
                  - ETH

                c: [ETH, USDC]

                d: [{ x: 1 }, {}, []]

                """)
        let long = (0..<12).map { "\"number-\($0)\"" }
        try expect(
            "a: [[\(long.joined(separator: ","))], 1]\n",
            becomes: "a:\n  -\n" + long.map { "    - \($0)\n" }.joined() + "  - 1\n")
    }

    @Test func `quotes stay where they mean something`() throws {
        try expect(
            """
            "rules_version": 1
            lists:
              "vaults": { ids: ['0', "12", '0x5dC6', "abc"] }
            transactions:
              - id: 'a'
                effect: "approve"
                reason: 'it''s "so"'
                when:
                  operation: ['TRANSFER', "RAW"]
                  amount_usd: { at_most: '10000' }
                  note: "no"
                  stage: "no"
                  time: { within: 'office' }
                  signer: 'back\\slash'
                  "no": 012
                  plain: 18:00
            """,
            becomes: """
                rules_version: 1

                lists:
                  vaults: { ids: ["0", "12", "0x5dC6", "abc"] }

                transactions:
                  - id: "a"
                    effect: approve
                    reason: 'it''s "so"'
                    when:
                      operation: [TRANSFER, RAW]
                      amount_usd: { at_most: "10000" }
                      note: "no"
                      stage: "no"
                      time: { within: office }
                      signer: 'back\\slash'
                      "no": 012
                      plain: 18:00

                """)
    }

    @Test func `texts over several lines`() throws {
        try expect(
            """
            a: one
              two # beside
            b: "one
              two \\
              three # four"
            c: one

              two
            d:    >-   # folded
                  one
                  # two

                    three
            e: |+
              one

            f: |
              - one

            g: |2
                two
            """,
            becomes: """
                a: one two  # beside
                b: "one two three # four"
                c: "one\\ntwo"
                d: >-  # folded
                  one
                  # two

                    three
                e: "one\\n\\n"

                f: |
                  - one

                g: "  two"

                """)
    }

    @Test func `a comment goes where its key goes`() throws {
        try expect(
            """
            # yaml-language-server: $schema=x
            # Licence

            # the name
            name: x   # beside the name
            # the version
            rules_version: 1
            transactions:   # the rules
              # above a

              # above the effect of a
              - effect: reject # e
                # above the id of a
                # in two lines
                id: a # i
                # at the end of a
              # above b
              - # behind the dash of b
                id: b
              # at the end of the rules

            # of lists
            lists: {}
            # below lists

            # at the end
            """,
            becomes: """
                # yaml-language-server: $schema=x
                # Licence

                # the version
                rules_version: 1
                # the name
                name: x  # beside the name

                # of lists
                lists: {}
                # below lists

                transactions:  # the rules
                  # above a

                  # above the effect of a
                  # above the id of a
                  # in two lines
                  - id: a  # i
                    effect: reject  # e
                    # at the end of a

                  # above b
                  # behind the dash of b
                  - id: b
                  # at the end of the rules

                # at the end

                """)
    }

    @Test func `comments directly below stay with what stands above`() throws {
        try expect(
            "configuration_changes: []\n# - id: later\n\n# about rules\ntransactions: []\n#  - id: old\n\n# end\n",
            becomes: """
                # about rules
                transactions: []
                #  - id: old

                configuration_changes: []
                # - id: later

                # end

                """)
    }

    @Test func `comments between brackets need a block`() throws {
        try expect(
            """
            a: [ # beside
              ETH, # one
              # above
              USDC # two
              # last
            ] # behind
            b: { x: # key
                  1, y: 2 }
            c: [ # only
            ]
            d: [ ETH, USDC
               ] # moves
            e: # above a list
              [ETH]
            "#": "# no comment"  #one
            """,
            becomes: """
                a:  # behind
                  # beside
                  - ETH  # one
                  # above
                  - USDC  # two
                  # last

                b:
                  x: 1  # key
                  y: 2

                c: []  # only

                d: [ETH, USDC]  # moves

                e: [ETH]  # above a list

                "#": "# no comment"  #one

                """)
    }

    @Test func `line ends, marks and spaces at line ends go`() throws {
        try expect(
            "\u{feff}%YAML 1.1 # old\r\n--- # start\r\na: 1  \r\n\r\n\r\nb: 2 # two\t \r\n... # end\r\n# after",
            becomes: "# old\n# start\na: 1\n\nb: 2  # two\n# end\n# after\n")
    }

    @Test(
        arguments: [
            ("a: [", .syntax), ("a: &x 1\n", .anchor), ("a: !t 1\n", .tag), ("a: 1\na: 2\n", .duplicateKey),
            ("a:\n\tb: 1\n", .syntax), ("a: 1\n---\nb: 2\n", .severalDocuments), ("# nothing\n", .emptyFile),
            ("? [a]\n: b\n", .keyNotText), ("a: \u{202e}\n", .hiddenCharacter), ("", .emptyFile),
        ] as [(String, DiagnosticCode)])
    func `what the reader cannot read is refused with its own finding`(text: String, code: DiagnosticCode) throws {
        let error = #expect(throws: RulesFormatError.self) { try RulesFormatter.format(text, file: "x.yaml") }
        guard case .unreadable(let findings) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(findings.map(\.code) == [code])
        #expect(findings.map(\.file) == ["x.yaml"])
    }

    @Test func `errors of the language do not matter`() throws {
        for bad in BadRules.structural {
            guard let result = try? RulesFormatter.format(bad.text) else {
                #expect(throws: RulesFormatError.unreadable(diagnostics(bad.text))) {
                    try RulesFormatter.format(bad.text)
                }
                continue
            }
            func codes(_ text: String) -> [String] { diagnostics(text).map(\.code.rawValue).sorted() }
            #expect(codes(result) == codes(bad.text), "\(result)")
        }
        for (text, canonical) in [("x", "x\n"), ("[a,b] # c", "# c\n- a\n- b\n"), ("{}", "{}\n"), ("- 1\n", "- 1\n")] {
            try expect(text, becomes: canonical)
        }
    }
}
