import CallbackProtocol
import Foundation
import TestSupport
import Testing

/// The published request, sent by curl as anybody would, gets a signed answer that Python verifies.
@Suite struct PublishedExampleTests {
    @Test(arguments: ["--http1.1", "--http2"])
    func aPlainCurlGetsAnAnswerThatPythonVerifies(version: String) async throws {
        let example = try StrictJSON.parse(Array(try Data(contentsOf: resource("official-example.json")))).object
        let pem =
            try #require(example?["public_key_spki_pem_lines"]?.array).compactMap(\.string).joined(separator: "\n")
            + "\n"
        let token = try #require(example?["request_segments"]?.array).compactMap(\.string).joined(separator: ".")
        let server = try await TestServer(rules: approvingRules) { text in
            text.replacingOccurrences(
                of: "cosigners:\n",
                with: "cosigners:\n  - { name: published-example, public_key: keys/cosigners/example.pem }\n")
        }
        try pem.write(toFile: server.home + "/keys/cosigners/example.pem", atomically: true, encoding: .utf8)
        try await server.start()
        let request = try server.directory.write("request.jwt", token)
        let answer = server.directory.file("answer.jwt").path
        let sent = try await run(
            "curl",
            [
                "-sS", version, "--cacert", server.home + "/certs/ca.pem", "--data-binary", "@" + request, "-o", answer,
                "-w", "%{http_code} %{http_version}", try server.url() + "/v2/tx_sign_request",
            ])
        #expect(sent.text == (version == "--http2" ? "200 2" : "200 1.1"), "\(sent.errorText)")
        let verified = try await run(
            "python3", [try resource("verify_answer.py").path, server.home + "/keys/callback-public.pem", answer])
        #expect(verified.status == 0, "\(verified.errorText)")
        let payload = try StrictJSON.parse(Array(verified.output.dropLast())).object
        #expect(payload?["action"]?.string == "APPROVE")
        #expect(payload?["requestId"]?.string == "9c794cee-7e27-46c9-9e9a-ed68295ff06b")
        let decisions = try await server.decisions()
        #expect(decisions.map { $0["cosigner"]?.string } == ["published-example"])
        #expect(await server.stop() == 0)
    }
}
