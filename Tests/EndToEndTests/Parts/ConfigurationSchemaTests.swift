// The schema of callback-server.yaml: it knows the keys that the reader knows, takes what the reader takes, and refuses what it
// refuses.

import Foundation
import TestSupport
import Testing

@testable import callback_server

@Suite(.timeLimit(.minutes(2))) struct ConfigurationSchemaTests {
    private let scratch: TemporaryDirectory

    init() throws {
        scratch = try TemporaryDirectory()
    }

    private func read(_ text: String) throws(ServerError) -> ServerConfiguration {
        let file = scratch.file("callback-server.yaml")
        guard (try? Data(text.utf8).write(to: file)) != nil else { throw ServerError(.fileUnwritable, "scratch") }
        return try ServerConfiguration.read(file: file.path, environment: ["NAME": "20s"])
    }

    /// Every mapping that the reader knows, each with a mark where an unknown key can be put.
    private static let everything = """
        config_version: 1
        listeners: [{ address: "127.0.0.1:0", mode: public-key, tls: { certificate: a, private_key: b, @listeners[].tls }, @listeners[] }]
        limits: { @limits }
        cosigners: [{ name: a, public_key: b, @cosigners[] }]
        response_keys: { default: a, @response_keys }
        rules: { file: a, signatures: { allowed_signers: a, required: 1, @rules.signatures }, @rules }
        ledger: { sqlite: a, signing_key: b, @ledger }
        admin: { address: "127.0.0.1:0", tls: { certificate: a, private_key: b, @admin.tls }, @admin }
        log: { @log }
        @
        """

    /// The text with an unknown key at one mark, and without the other marks.
    private static func text(unknownAt place: String) -> String {
        everything.split(separator: "\n").map { line in
            var words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
            for index in words.indices where words[index].hasPrefix("@") {
                words[index] = words[index].dropFirst() == place ? "zzzzzzzzzzzzzzzz: 1" : ""
            }
            return words.joined(separator: " ")
        }.joined(separator: "\n")
    }

    @Test func `the schema has the keys of the reader, at every place`() throws {
        _ = try read(Self.text(unknownAt: "nowhere"))
        let objects = try JSONSchemaDocument(ConfigurationSchema.json).objects
        #expect(objects.count >= 11)
        for object in objects {
            let error = #expect(throws: ServerError.self, "no mark for \(object.path) in `everything`") {
                try read(Self.text(unknownAt: object.path))
            }
            let known = error?.message.components(separatedBy: "known are ").last ?? ""
            #expect(known.split(separator: ", ").map(String.init).sorted() == object.keys, "\(object.path)")
        }
    }

    @Test func `every member has a description`() throws {
        let undescribed = try JSONSchemaDocument(ConfigurationSchema.json).undescribed
        #expect(undescribed.isEmpty, "\(undescribed)")
    }

    /// Whole configurations, by what is special about them.
    private static var good: [(name: String, yaml: String)] {
        var texts = [("everything", text(unknownAt: "nowhere"))]
        for (hasCosigner, certificate) in [(false, nil), (true, "[::1]:8444")] {
            texts.append(
                (
                    "init \(hasCosigner)",
                    ConfigurationTemplate(
                        address: "127.0.0.1:8443", certificateModeAddress: certificate, adminAddress: "127.0.0.1:9443",
                        hasCosigner: hasCosigner
                    ).text
                ))
        }
        texts += [
            ("variables", changed("deadline", "${NAME}")), ("milliseconds", changed("deadline", "500ms")),
            ("sizes", changed("limits", "{ body: 64KiB, bodies: 1GiB, connections: 1, idle_timeout: 1m }")),
            ("host", changed("listeners", "[\(listener("address: callback.internal:443, mode: public-key"))]")),
            ("path", changed("listeners", "[\(listener("address: \"[::1]:1\", mode: public-key, base_path: /a/b"))]")),
            ("log", changed("log", "{ level: warning, format: text }")),
            (
                "postgres",
                changed(
                    "ledger", "{ postgres: \"postgresql://db/ledger\", password_file: a, signing_key: b, mask: [note] }"
                )
            ),
            (
                "admin",
                changed("admin", "{ address: \"0.0.0.0:1\", holds: true, tls: { certificate: a, private_key: b } }")
            ),
        ]
        return texts
    }

    private static let minimal = [
        "config_version": "1", "listeners": "[\(listener("address: \"127.0.0.1:0\", mode: public-key"))]",
        "response_keys": "{ default: a }", "rules": "{ file: a }", "ledger": "{ sqlite: a, signing_key: b }",
    ]

    private static func listener(_ members: String) -> String {
        "{ \(members), tls: { certificate: a, private_key: b } }"
    }

    /// A minimal configuration with one key set to other YAML, or removed.
    private static func changed(_ key: String, _ value: String?) -> String {
        var members = minimal
        members[key] = value
        return members.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)\n" }.joined()
    }

    private static let bad: [String] =
        minimal.keys.sorted().map { changed($0, nil) } + [
            changed("config_version", "2"), changed("more", "1"), changed("deadline", "20"), changed("deadline", "20h"),
            changed("deadline", "0s"), changed("deadline", "[20s]"), changed("listeners", "[]"),
            changed("listeners", "{}"), changed("listeners", "[x]"),
            changed("listeners", "[{ address: \"127.0.0.1:0\", mode: public-key }]"),
            changed("listeners", "[\(listener("mode: public-key"))]"),
            changed("listeners", "[\(listener("address: \"127.0.0.1:0\""))]"),
            changed("listeners", "[\(listener("address: \"127.0.0.1\", mode: public-key"))]"),
            changed("listeners", "[\(listener("address: \"127.0.0.1:0\", mode: jwt"))]"),
            changed("listeners", "[\(listener("address: \"127.0.0.1:0\", mode: certificate"))]"),
            changed("listeners", "[\(listener("address: \"127.0.0.1:0\", mode: certificate, allow_from: []"))]"),
            changed("listeners", "[\(listener("address: \"127.0.0.1:0\", mode: public-key, allow_from: [all]"))]"),
            changed("listeners", "[\(listener("address: \"127.0.0.1:0\", mode: public-key, base_path: v2"))]"),
            changed("listeners", "[\(listener("address: \"127.0.0.1:0\", mode: public-key, base_path: //x"))]"),
            changed("listeners", "[\(listener("address: \"127.0.0.1:0\", mode: public-key, base_path: \"/x?y\""))]"),
            changed("limits", "{ body: 8MB }"), changed("limits", "{ body: 8388608 }"),
            changed("limits", "{ connections: 0 }"), changed("limits", "{ connections: many }"),
            changed("limits", "{ requests: 1 }"), changed("limits", "[]"), changed("cosigners", "{}"),
            changed("cosigners", "[{ name: a }]"), changed("cosigners", "[{ name: a, public_key: b, key: c }]"),
            changed("cosigners", "[{ name: \"\", public_key: b }]"), changed("response_keys", "{ signers: {} }"),
            changed("response_keys", "{ default: a, signers: [x] }"), changed("response_keys", "a"),
            changed("rules", "rules.yaml"), changed("rules", "{ shadow: a }"),
            changed("rules", "{ file: a, signatures: { required: 1 } }"),
            changed("rules", "{ file: a, signatures: { allowed_signers: a, required: 0 } }"),
            changed("rules", "{ file: a, signatures: { allowed_signers: a } }"), changed("rules", "{ file: [a] }"),
            changed("ledger", "{ signing_key: a }"), changed("ledger", "{ sqlite: a, signing_key: b, wal: true }"),
            changed("ledger", "{ sqlite: a, postgres: b, signing_key: c }"), changed("ledger", "{ sqlite: a }"),
            changed("ledger", "{ sqlite: a, password_file: b, signing_key: c }"),
            changed("ledger", "{ sqlite: a, signing_key: b, mask: note }"),
            changed("ledger", "{ sqlite: a, signing_key: b, mask: [requestId] }"),
            changed("admin", "{ address: \"0.0.0.0:9443\" }"), changed("admin", "{}"),
            changed("admin", "{ address: \"127.0.0.1:9443\", tls: { certificate: a } }"),
            changed("admin", "{ address: \"127.0.0.1:9443\", holds: maybe }"), changed("log", "{ level: loud }"),
            changed("log", "{ format: xml }"), changed("log", "{ file: x }"),
            changed("control_socket", "{}"),
        ]

    @Test func `Python's jsonschema accepts what the reader reads and refuses what it refuses`() async throws {
        for text in Self.good { _ = try read(text.yaml) }
        for text in Self.bad {
            #expect(throws: ServerError.self, "the reader takes \(text)") { try read(text) }
        }
        let refused = Self.bad.enumerated().map { ("bad\($0.offset)", $0.element) }
        let complaints = try await schemaComplaints(ConfigurationSchema.json, accepted: Self.good, refused: refused)
        #expect(complaints.isEmpty, "\(complaints)")
    }

    @Test func `every configuration in the documents can be read, parts beside the rest of a minimal one`() async throws
    {
        var texts: [(name: String, yaml: String)] = []
        for block in try Repository.yamlBlocks() where !block.file.hasPrefix("docs/rules-codes/") {
            if block.text.contains("config_version:") {
                texts.append((block.place, block.text))
            } else if block.info.contains("configuration") {
                let keys = block.text.split(separator: "\n").filter { $0.first?.isLetter ?? false }
                    .map { String($0.prefix { $0 != ":" }) }
                let rest = Self.minimal.filter { !keys.contains($0.key) }.map { "\($0.key): \($0.value)\n" }.joined()
                texts.append((block.place, rest + block.text))
            }
        }
        #expect(!texts.isEmpty)
        for text in texts {
            #expect(throws: Never.self, "\(text.name)") { try read(text.yaml) }
        }
        let complaints = try await schemaComplaints(ConfigurationSchema.json, accepted: texts, refused: [])
        #expect(complaints.isEmpty, "\(complaints)")
    }

    @Test(arguments: [("rules", "rules"), ("tests", "tests"), ("config", "callback-server")])
    func `the committed file is what the command prints`(subject: String, name: String) async throws {
        let printed = try await Executable.callbackServer("rules", "schema", subject)
        #expect(printed.status == 0)
        #expect(try Repository.text("docs/schemas/\(name).schema.json") == printed.text, "make docs writes it")
        if subject == "rules" { #expect(try await Executable.callbackServer("rules", "schema").text == printed.text) }
    }
}
