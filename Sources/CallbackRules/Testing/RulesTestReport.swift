// How test runs are printed.

import CallbackProtocol

extension RulesTestRun {
    /// For a terminal: failures with their explanation, then the coverage. Ends with a line break.
    package var text: String {
        var lines: [String] = []
        for outcome in outcomes {
            guard let failure = outcome.failure else { continue }
            lines.append("FAIL \(file):\(outcome.line) \(outcome.name)")
            lines.append("    \(failure)")
            lines += outcome.explanation.split(separator: "\n").map { "    \($0)" }
        }
        let tests = "\(outcomes.count) test\(outcomes.count == 1 ? "" : "s")"
        lines.append("\(file): \(tests), \(failures == 0 ? "all passed" : "\(failures) failed")")
        lines.append("coverage: \(coverage.percent) % (\(coverage.covered) of \(coverage.total) outcomes)")
        lines += coverage.gaps.map { "    \($0)" }
        return lines.joined(separator: "\n") + "\n"
    }

    /// JUnit's XML, as continuous integration reads it.
    package var junit: String {
        var lines = [
            #"<?xml version="1.0" encoding="UTF-8"?>"#,
            "<testsuites>",
            "  <testsuite name=\"\(Self.escaped(file))\" tests=\"\(outcomes.count)\" failures=\"\(failures)\">",
        ]
        for outcome in outcomes {
            let head = "    <testcase classname=\"\(Self.escaped(file))\" name=\"\(Self.escaped(outcome.name))\""
            guard let failure = outcome.failure else {
                lines.append(head + "/>")
                continue
            }
            lines.append(head + ">")
            lines.append(
                "      <failure message=\"\(Self.escaped(failure))\">\(Self.escaped(outcome.explanation))</failure>")
            lines.append("    </testcase>")
        }
        lines += ["  </testsuite>", "</testsuites>"]
        return lines.joined(separator: "\n") + "\n"
    }

    /// Text of an attribute or element; what XML 1.0 cannot say becomes U+FFFD.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\n": result += "&#10;"
            case "\t": result += "&#9;"
            case "\u{0}"..<"\u{20}", "\u{fffe}", "\u{ffff}": result += "\u{fffd}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
