// A syslog collector in Python, with the faults of real ones.

import CallbackProtocol
import Foundation
import TestSupport

/// A running collector and what it got so far.
final class Collector {
    private let process: ChildProcess
    private let input = Pipe()
    private let output = Pipe()
    private let file: URL
    private var isRunning = true
    let port: Int

    /// - Parameters:
    ///   - directory: where it notes what it gets.
    ///   - port: 0 for any.
    ///   - identity: makes it speak TLS: certificate and key.
    init(
        in directory: TemporaryDirectory, port: Int = 0, identity: (certificate: String, key: String)? = nil,
        _ behaviour: String...
    ) throws {
        file = directory.file("collected-\(UUID().uuidString).jsonl")
        var arguments = ["python3", try resource("export/collector.py").path, file.path, "--port", String(port)]
        if let identity { arguments += ["--certificate", identity.certificate, "--key", identity.key] }
        process = try ChildProcess(
            arguments + behaviour, input: input.fileHandleForReading.fileDescriptor,
            output: output.fileHandleForWriting.fileDescriptor, errors: 2)
        try output.fileHandleForWriting.close()
        var line = ""
        // The line may come in pieces; the pipe ends where the collector does.
        while !line.hasSuffix("\n") {
            let data = output.fileHandleForReading.availableData
            if data.isEmpty { break }
            line += String(decoding: data, as: UTF8.self)
        }
        guard let port = Int(line.trimmingCharacters(in: .newlines)) else {
            throw TestServer.Failure("the collector did not start: \(line)")
        }
        self.port = port
    }

    deinit { stop() }

    /// Ends it; connections break.
    func stop() {
        guard isRunning else { return }
        isRunning = false
        kill(process.identifier, SIGKILL)
        process.wait()
    }

    /// Everything it noted: messages, beginnings and ends of connections.
    var notes: [JSONObject] {
        let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").compactMap { try? StrictJSON.parse(Array($0.utf8)).object }
    }

    /// The messages of one connection, or of all.
    func messages(connection: Int? = nil) -> [String] {
        notes.filter { connection == nil || $0["connection"] == .number(String(connection ?? 0)) }
            .compactMap { $0["message"]?.string }
    }

    /// The sequence numbers in messages of the format syslog.
    func sequences(connection: Int? = nil) -> [Int] {
        messages(connection: connection).compactMap { message in
            message.range(of: "sequence=\"").flatMap { start in
                Int(message[start.upperBound...].prefix { $0 != "\"" })
            }
        }
    }
}
