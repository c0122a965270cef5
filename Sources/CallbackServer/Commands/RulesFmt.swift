// callback-server rules fmt

import ArgumentParser
import CallbackRules
import Foundation

struct RulesFmt: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fmt",
        abstract: "Lay rules files and their tests out in the one canonical way.",
        discussion: """
            Comments stay; what a file says never changes. A file that cannot be formatted safely is left as it is. \
            With --check nothing is written, and the exit code is 3 when a file is not canonical.
            """)

    @Argument(help: ArgumentHelp("Rules files or files of tests.", valueName: "FILE"))
    var files: [String]

    @Flag(help: "Only say which files are not canonical.")
    var check = false

    mutating func validate() throws {
        guard !files.isEmpty else { throw ValidationError("Name at least one file") }
    }

    func run() throws {
        var (failed, changed) = (false, false)
        for file in files {
            let bytes = try KeyFiles.bytes(file)
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw ServerError(.workFailed, "\(file) is not UTF-8 text; it was left as it is")
            }
            do throws(RulesFormatError) {
                let canonical = try RulesFormatter.format(text, file: file)
                guard !canonical.utf8.elementsEqual(bytes) else { continue }
                changed = true
                print(check ? "\(file): not canonical" : "\(file): formatted")
                if !check { write(canonical, to: file, &failed) }
            } catch {
                printError("\(error)")
                failed = true
            }
        }
        if failed || (check && changed) { throw ExitCode.checkFoundProblems }
    }

    /// Replaces the file, with its owner and mode.
    private func write(_ text: String, to path: String, _ failed: inout Bool) {
        do {
            let file = try WholeFile(replacing: path, keepsAccess: true)
            do {
                try file.handle.write(contentsOf: Data(text.utf8))
                try file.commit()
            } catch {
                file.discard()
                throw error
            }
        } catch let error as ServerError {
            printError("\(error)")
            failed = true
        } catch {
            printError("\(path) cannot be written: check the folder and its permissions")
            failed = true
        }
    }
}
