// Where commands print: results to standard output, complaints to standard error.

import ArgumentParser
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

/// Results are kept and compared: what could not be written must not pass for written.
enum StandardOutput {
    /// Writes at once, also into a pipe.
    static func write(_ bytes: some Sequence<UInt8>) throws(ServerError) {
        do { try FileHandle.standardOutput.write(contentsOf: Data(bytes)) } catch { throw incomplete }
    }

    /// Writes what was printed and tells whether all of it arrived.
    static func finish() throws(ServerError) {
        guard fflush(stdout) == 0, ferror(stdout) == 0 else { throw incomplete }
    }

    private static let incomplete = ServerError(
        .fileUnwritable, "Standard output did not take everything that was printed: free space, or name another file")
}

/// `--config`, the same for every verb that needs the server's directory.
struct ConfigurationOption: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("The configuration file.", valueName: "FILE"))
    var config = "./callback-server.yaml"

    func read() throws(ServerError) -> ServerConfiguration {
        try ServerConfiguration.read(file: config)
    }
}
