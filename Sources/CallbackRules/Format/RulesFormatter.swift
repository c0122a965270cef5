// Canonical layout of rules files: the engine of `rules fmt`.

/// Lays a rules file (or a file of rules tests) out in the one canonical way, and keeps what it says.
///
/// The text is read twice: by `YAMLReader`, which decides what it means, and by `FormatReader`, which follows those nodes
/// through the text and collects the comments between them. Before anything is returned, the result is read again.
package enum RulesFormatter {
    /// The canonical text: two spaces of indentation, keys in their order, one line feed at the end.
    ///
    /// The result says the same as `text`: equal trees but for the order of keys, the same comments, and it is canonical
    /// itself. Where one of these does not hold, nothing is returned. Unknown keys and other errors of the language do not
    /// matter here.
    ///
    /// - Parameters:
    ///   - text: any YAML that the rules reader can read.
    ///   - file: the file's name in diagnostics.
    package static func format(_ text: String, file: String = "rules.yaml") throws(RulesFormatError) -> String {
        let before = try read(text, file: file)
        let result = layout(before.document)
        let after: (tree: SourceNode, document: FormatDocument)
        do {
            after = try read(result, file: file)
        } catch {
            throw .notKept("the new text could not be read again")
        }
        guard FormatGuarantee.saysTheSame(before.tree, after.tree) else { throw .notKept("a value would change") }
        guard before.document.comments.sorted() == after.document.comments.sorted() else {
            throw .notKept("a comment would be lost")
        }
        guard layout(after.document).isExactly(result) else { throw .notKept("formatting twice would change it again") }
        return result
    }

    private static func read(
        _ text: String, file: String
    ) throws(RulesFormatError) -> (tree: SourceNode, document: FormatDocument) {
        var findings = Findings(file: file)
        guard let tree = YAMLReader.read(Array(text.utf8), into: &findings) else {
            throw .unreadable(findings.sorted)
        }
        if case .scalar("", plain: true) = tree.content {
            // `---` and nothing behind it.
            findings.add(.emptyFile, at: nil, "The file holds no rules.")
            throw .unreadable(findings.sorted)
        }
        return (tree, try FormatReader.read(tree, in: text))
    }

    private static func layout(_ document: FormatDocument) -> String {
        var root = document.root
        CanonicalOrder.apply(to: &root)
        FormatStyle.settle(&root)
        FormatSpacing.apply(to: &root)
        return FormatPrinter.print(root)
    }
}
