// A YAML value with the place that says it: all that the rest of the module sees of YAML.

/// A node of the restricted YAML that rules files may use: no anchors, aliases, tags, or keys that are not text.
struct SourceNode: Sendable {
    struct Entry: Sendable {
        let key: Located<String>
        let value: SourceNode
    }

    indirect enum Content: Sendable {
        /// `plain` where it stands without quotes.
        case scalar(String, plain: Bool)
        case sequence([SourceNode])
        case mapping([Entry])
    }

    let position: SourcePosition
    let content: Content

    /// For messages: `text`, `a list`, `a mapping`.
    var kind: String {
        switch content {
        case .scalar: "one value"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }
}
