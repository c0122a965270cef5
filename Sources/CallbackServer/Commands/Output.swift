// Where commands print: results to standard output, complaints to standard error.

import ArgumentParser
import CallbackProtocol
import Foundation

/// Prints a line to standard error.
func printError(_ line: String) {
    try? FileHandle.standardError.write(contentsOf: Data((line + "\n").utf8))
}

/// Prints a JSON value as one line.
func printJSON(_ value: JSONValue) {
    try? FileHandle.standardOutput.write(contentsOf: Data(value.serialized() + [0x0a]))
}

/// `--config`, the same for every verb that needs the server's directory.
struct ConfigurationOption: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("The configuration file.", valueName: "FILE"))
    var config = "./callback-server.yaml"

    func read() throws(ServerError) -> ServerConfiguration {
        try ServerConfiguration.read(file: config)
    }
}
