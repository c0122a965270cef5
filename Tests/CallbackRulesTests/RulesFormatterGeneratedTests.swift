// Formats thousands of random layouts: the tree and every comment stay, and a second run changes nothing.

import CallbackRules
import Foundation
import TestSupport
import Testing

@Suite struct RulesFormatterGeneratedTests {
    @Test func `random layouts keep their comments and are canonical after one run`() throws {
        var layout = UglyLayout(seed: 2026)
        var formatted = 0
        var comments = 0
        for index in 0..<5_600 {
            let text = layout.document()
            let result: String
            do {
                result = try RulesFormatter.format(text)
            } catch .unreadable {
                continue
            } catch {
                Issue.record("\(index): \(error)\n\(text)")
                return
            }
            formatted += 1
            comments += layout.commentCount
            let problem = try problem(in: result, comments: layout.commentCount)
            guard problem == nil else {
                Issue.record("\(index): \(problem ?? "")\n\(text)\n--- became\n\(result)")
                return
            }
        }
        #expect(formatted >= 5_000)
        #expect(comments >= 15_000)
    }

    private func problem(in result: String, comments: Int) throws -> String? {
        for number in 0..<comments where result.components(separatedBy: "~\(number + 1)~").count != 2 {
            return "comment \(number + 1) does not stand there once"
        }
        guard result.hasSuffix("\n"), !result.hasSuffix("\n\n"), !result.contains("\r") else { return "line ends" }
        for line in result.split(separator: "\n") where line.last == " " || line.last == "\t" || line.first == "\t" {
            return "spaces: \(line)"
        }
        return try RulesFormatter.format(result) == result ? nil : "a second run changes it"
    }

    @Test func `Python's YAML reader finds the same values in both`() async throws {
        let scratch = try TemporaryDirectory()
        var layout = UglyLayout(seed: 7)
        var count = 0
        while count < 400 {
            let text = layout.document()
            guard let result = try? RulesFormatter.format(text) else { continue }
            _ = try scratch.write("\(count).before.yaml", text)
            _ = try scratch.write("\(count).after.yaml", result)
            count += 1
        }
        let script = try scratch.write("compare.py", Self.script)
        let folder = URL(fileURLWithPath: script).deletingLastPathComponent().path
        let result = try await run("python3", [script, folder])
        #expect(result.status == 0, "\(result.text)\(result.errorText)")
        #expect(result.text.contains("compared 400"))
    }

    private static let script = """
        import pathlib, sys, yaml
        folder = pathlib.Path(sys.argv[1])
        failures, compared, unread = [], 0, 0
        def read(path):
            return yaml.load(path.read_bytes().decode("utf-8-sig"), Loader=yaml.BaseLoader)
        for before in sorted(folder.glob("*.before.yaml")):
            after = before.with_name(before.name.replace("before", "after"))
            compared += 1
            try:
                expected = read(before)
            except yaml.YAMLError:
                unread += 1
                continue
            if read(after) != expected:
                failures.append(f"{before.read_text()}\\n--- became\\n{after.read_text()}")
        print("\\n".join(failures[:3]))
        print(f"compared {compared}, unread {unread}")
        sys.exit(1 if failures or unread > 100 else 0)
        """
}
