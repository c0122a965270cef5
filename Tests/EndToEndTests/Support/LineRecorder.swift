// A log that keeps what a test asks of each line.

import Logging
import NIOConcurrencyHelpers

/// Keeps one text for each line, made by `form`.
struct LineRecorder: LogHandler {
    let lines: NIOLockedValueBox<[String]>
    let form: @Sendable (LogEvent) -> String
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    init(_ lines: NIOLockedValueBox<[String]>, form: @escaping @Sendable (LogEvent) -> String) {
        self.lines = lines
        self.form = form
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        lines.withLockedValue { $0.append(form(event)) }
    }
}

extension LogEvent {
    /// The values of these fields, of those that are there, one behind the other.
    func fields(_ names: String...) -> String {
        names.compactMap { metadata?[$0]?.description }.joined(separator: " ")
    }
}
