// callback-server decisions export, as its users run it.

import CallbackProtocol
import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct ExportCommandTests {
    private func lines(_ result: ProcessResult) throws -> [JSONObject] {
        try result.text.split(separator: "\n").compactMap { try StrictJSON.parse(Array($0.utf8)).object }
    }

    @Test func exportWritesWhatTheLedgerHoldsInEveryFormat() async throws {
        let server = try await TestServer(rules: approvingRules)
        try await server.start()
        try await server.connect()
        _ = try await server.ask(transfer("export-1"))
        _ = try await server.ask(
            transfer("export-2").replacingOccurrences(of: "WHITELISTED", with: "ONE_TIME"))
        _ = try await server.ask(transfer("export-3"))
        func export(_ arguments: String...) async throws -> ProcessResult {
            try await run(
                Executable.callbackServer.path,
                ["decisions", "export", "--config", server.configuration] + arguments)
        }
        // Beside the running server.
        let all = try await export("--format", "jsonl")
        #expect(all.status == 0, "\(all.errorText)")
        let rows = try lines(all)
        #expect(rows.map { $0["requestId"]?.string } == ["export-1", "export-2", "export-3"])
        #expect(rows.allSatisfy { $0["payload"] == nil && $0["authenticator"] != nil })
        #expect(rows[0]["summary"]?.object?["amount"] == .string("0.01"))
        await server.stop()

        let shown = try await Executable.callbackServer(
            "decisions", "show", "--json", "--config", server.configuration, "export-1")
        let whole = try await export("--format", "jsonl", "--payload", "--request-id", "export-1")
        #expect(whole.text == shown.text)
        let filtered = try await export("--format", "jsonl", "--action", "REJECT")
        #expect(try lines(filtered).map { $0["requestId"]?.string } == ["export-2"])
        let newest = try await export("--format", "jsonl", "--after", "2")
        #expect(try lines(newest).map { $0["requestId"]?.string } == ["export-3"])

        var arguments = [try resource("export/check_export.py").path, try resource("export/ecs.schema.json").path]
        for format in ["jsonl", "ecs", "cef", "syslog"] {
            let file = server.directory.file("decisions.\(format)").path
            let written = try await export("--format", format, "--output", file)
            #expect(written.status == 0 && written.text.isEmpty, "\(written.errorText)")
            let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? NSNumber
            #expect(mode?.intValue == 0o600)
            arguments += format == "jsonl" ? [file] : [format, file]
        }
        let checked = try await run("python3", arguments)
        #expect(checked.text == "3 decisions agree in 3 formats\n", "\(checked.text) \(checked.errorText)")
    }

    @Test(arguments: [
        ["--format", "xml"], [], ["--format", "cef", "--payload"], ["--format", "jsonl", "--limit", "0"],
        ["--format", "jsonl", "--after", "-1"],
    ])
    func aWrongCallOfExportExitsWith2(arguments: [String]) async throws {
        let result = try await run(Executable.callbackServer.path, ["decisions", "export"] + arguments)
        #expect(result.status == 2, "\(result.text) \(result.errorText)")
    }

    @Test func anExportThatCannotBeWrittenExitsWith1AndLeavesNothing() async throws {
        let server = try await TestServer(rules: approvingRules)
        try await server.start()
        await server.stop()
        let arguments = ["decisions", "export", "--format", "jsonl", "--config", server.configuration, "--output"]
        let missing = server.directory.file("missing/decisions.jsonl").path
        let refused = try await run(Executable.callbackServer.path, arguments + [missing])
        #expect(refused.status == 1)
        #expect(refused.errorText.contains("[file_unwritable]"), "\(refused.errorText)")
        // A directory cannot be replaced by a file.
        let folder = server.directory.file("folder").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        let onFolder = try await run(Executable.callbackServer.path, arguments + [folder])
        #expect(onFolder.status == 1)
        let left = try FileManager.default.contentsOfDirectory(atPath: server.directory.url.path)
        #expect(!left.contains { $0.contains(".partial-") }, "\(left)")
    }

    /// A device or a pipe is not replaced by a file of its name, and a link not by a copy.
    @Test func anExportGoesWhereAPipeOrALinkLeads() async throws {
        let server = try await TestServer(rules: approvingRules)
        try await server.start()
        try await server.connect()
        _ = try await server.ask(transfer("exported"))
        await server.stop()
        let arguments = ["decisions", "export", "--format", "jsonl", "--config", server.configuration, "--output"]
        let pipe = server.directory.file("pipe").path
        #expect(mkfifo(pipe, 0o600) == 0)
        // Read and write: it opens at once, and what was written waits there.
        let reader = try #require(FileHandle(forUpdatingAtPath: pipe))
        #expect(try await run(Executable.callbackServer.path, arguments + [pipe]).status == 0)
        #expect(String(decoding: reader.availableData, as: UTF8.self).contains("exported"))
        let target = try server.directory.write("target.jsonl", "before")
        let link = server.directory.file("link.jsonl").path
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target)
        #expect(try await run(Executable.callbackServer.path, arguments + [link]).status == 0)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == target)
        #expect(try String(contentsOfFile: target, encoding: .utf8).contains("exported"))
    }
}
