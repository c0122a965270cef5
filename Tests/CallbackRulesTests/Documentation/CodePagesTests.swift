// The pages of docs/rules-codes: one per code, and each says what the checker does.

import CallbackRules
import Foundation
import TestSupport
import Testing

@Suite struct CodePagesTests {
    private static let codes = DiagnosticCode.allCases

    @Test func `every code has a page and every page a code`() throws {
        let folder = Repository.root.appendingPathComponent("docs/rules-codes").path
        let pages = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0 != "README.md" }
        #expect(pages.sorted() == Self.codes.map { $0.rawValue + ".md" }.sorted())
        #expect(Self.codes.allSatisfy { $0.page == "docs/rules-codes/\($0.rawValue).md" })
    }

    @Test(arguments: codes)
    func `a page shows a file that gets exactly its code, and one that gets none`(code: DiagnosticCode) throws {
        let page = try CodePage(code.rawValue + ".md")
        #expect(page.title == "# \(code.rawValue): \(code.title)")
        #expect(page.front["Severity"] == code.severity.rawValue)
        #expect(page.front["Fix"] == code.fix)
        #expect(page.reporter != nil, "\(page.front)")
        let bad = try page.findings("bad")
        #expect(Set(bad.diagnostics.map(\.code)) == [code], "\(bad.diagnostics)")
        #expect(bad.diagnostics.allSatisfy { $0.severity == code.severity })
        #expect(bad.loads == (code.severity == .warning))
        let good = try page.findings("good")
        #expect(good.loads && good.diagnostics.isEmpty, "\(good.diagnostics)")
    }

    @Test func `the index names every page once, with its severity and title`() throws {
        let index = try Repository.text("docs/rules-codes/README.md")
        let rows = index.split(separator: "\n").filter { $0.hasPrefix("| [R") }.map(String.init)
        let expected = Self.codes.map {
            "| [\($0.rawValue)](\($0.rawValue).md) | \($0.severity.rawValue) | \($0.title) |"
        }
        #expect(rows.sorted() == expected.sorted())
    }
}
