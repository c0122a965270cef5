// One line per event: JSON for machines (the default) or text for a terminal.

import CallbackProtocol
import Foundation
import Logging

/// A swift-log backend with a stable line format: `time`, `level`, `message`, then the fields by name.
struct StructuredLogHandler: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    private let format: ServerConfiguration.LogFormat
    private let writer: LogWriter

    init(level: Logger.Level, format: ServerConfiguration.LogFormat, writer: LogWriter) {
        self.logLevel = level
        self.format = format
        self.writer = writer
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let fields = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
        let time = Timestamp.now.description
        switch format {
        case .json:
            var members: [JSONObject.Member] = [
                .init("time", .string(time)), .init("level", .string(event.level.rawValue)),
                .init("message", .string(event.message.description)),
            ]
            members += fields.map { .init($0.key, json($0.value)) }
            writer.write(JSONValue.object(JSONObject(members)).serialized())
        case .text:
            let pairs = fields.map { " \($0.key)=\(text($0.value))" }.joined()
            writer.write(Array("\(time) \(event.level.rawValue) \(event.message)\(pairs)".utf8))
        }
    }

    private func json(_ value: Logger.Metadata.Value) -> JSONValue {
        switch value {
        case .string(let text): .string(text)
        case .stringConvertible(let number as Int): .number(String(number))
        case .stringConvertible(let number as Int64): .number(String(number))
        case .stringConvertible(let flag as Bool): .bool(flag)
        case .stringConvertible(let other): .string(other.description)
        case .array(let values): .array(values.map(json))
        case .dictionary(let members):
            .object(JSONObject(members.sorted { $0.key < $1.key }.map { .init($0.key, json($0.value)) }))
        }
    }

    /// Quoted and escaped where it is not one plain word, so that no value can forge a line or a field.
    private func text(_ value: Logger.Metadata.Value) -> String {
        let encoded = json(value)
        if case .string(let word) = encoded, !word.isEmpty,
            word.utf8.allSatisfy({ $0 > 0x22 && $0 < 0x7f && $0 != 0x3d })
        {
            return word
        }
        return String(decoding: encoded.serialized(), as: UTF8.self)
    }
}
