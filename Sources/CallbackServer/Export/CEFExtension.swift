// The key=value part of a CEF event.

/// Pairs in the making. In values `\`, `=`, line feed and carriage return are escaped as the format says; other control
/// characters become `#` and three octal digits for each byte.
struct CEFExtension {
    let bounds: ExportBounds
    private(set) var text = ""
    private(set) var isCut = false

    init(bounds: ExportBounds) {
        self.bounds = bounds
    }

    /// Adds a pair, unless it has no value. `limit` is what the dictionary allows, in characters; counted in bytes here, so
    /// that every consumer's count fits.
    mutating func add(_ key: String, _ value: String?, limit: Int = 4_000) {
        guard let value, !value.isEmpty else { return }
        let (bounded, isCut) = value.bounded(to: min(limit, bounds.value))
        if isCut { self.isCut = true }
        append(key, Self.escaped(bounded))
    }

    /// Adds one of the dictionary's free fields with its label.
    mutating func add(labelled key: String, _ label: String, _ value: String?, limit: Int = 4_000) {
        guard let value, !value.isEmpty else { return }
        add(key, value, limit: limit)
        append(key + "Label", label)
    }

    /// Adds the values of one of our own keys, one on each line (`\n`). Control characters within a value are octal
    /// here, line feeds too, so that a line is a value.
    mutating func add(own key: String, _ values: [String]) {
        let present = values.filter { !$0.isEmpty }
        if present.count > bounds.list { isCut = true }
        let lines = present.prefix(bounds.list).map { value in
            let (bounded, isCut) = value.withoutControls.bounded(to: bounds.value)
            if isCut { self.isCut = true }
            return bounded
        }
        guard !lines.isEmpty else { return }
        let (bounded, isCut) = lines.joined(separator: "\n").bounded(to: 4_000)
        if isCut { self.isCut = true }
        append(key, Self.escaped(bounded))
    }

    private mutating func append(_ key: String, _ escaped: String) {
        text += (text.isEmpty ? "" : " ") + key + "=" + escaped
    }

    private static func escaped(_ value: String) -> String {
        if value.isPlain { return value }
        var text = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": text += "\\\\"
            case "=": text += "\\="
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            default: text += scalar.isControl ? scalar.octal : String(scalar)
            }
        }
        return text
    }
}
