// What the co-signer's commands print and ask.

import CallbackProtocol
@preconcurrency import Foundation

/// Prints a line to standard error.
func printError(_ line: String) {
    try? FileHandle.standardError.write(contentsOf: Data((line + "\n").utf8))
}

/// Prints a JSON value as one line.
func printJSON(_ value: JSONValue) {
    print(String(decoding: value.serialized(), as: UTF8.self))
}

/// Writes what was printed and tells whether all of it arrived.
func finishOutput() throws(CosignerError) {
    guard fflush(stdout) == 0, ferror(stdout) == 0 else {
        throw CosignerError(
            .fileUnwritable,
            "Standard output did not take everything that was printed: free space, or name another file")
    }
}

/// Questions with the documented texts, asked on standard error and answered on standard input: a terminal or a pipe.
enum Prompt {
    /// One line; `nil` at the end of the input.
    static func line(_ question: String) -> String? {
        try? FileHandle.standardError.write(contentsOf: Data((question + " ").utf8))
        return readLine()?.trimmingCharacters(in: .whitespaces)
    }

    /// A PEM block, read up to its END line; `nil` where the input ends before. Nothing is echoed by a pipe, and a
    /// public key or certificate is no secret.
    static func pem(_ question: String) -> String? {
        try? FileHandle.standardError.write(contentsOf: Data((question + "\n").utf8))
        var lines: [String] = []
        while let line = readLine() {
            lines.append(line)
            if line.hasPrefix("-----END ") { return lines.joined(separator: "\n") + "\n" }
        }
        return nil
    }
}

/// Columns aligned by their widest cell, two spaces apart; the last one is not padded.
struct TextTable {
    var rows: [[String]]

    var text: String {
        let widths = rows.reduce(into: [Int]()) { widths, row in
            for (column, cell) in row.enumerated() {
                if column == widths.count { widths.append(0) }
                widths[column] = max(widths[column], cell.count)
            }
        }
        return rows.map { row in
            row.enumerated().map { column, cell in
                column == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[column] - cell.count + 2)
            }.joined()
        }.joined(separator: "\n")
    }
}
