// Signed rules files: N of M people must have signed what is loaded.

import CallbackRules
import Foundation

/// Who may sign rules files, and how many must.
struct RulesSignatures: Sendable, Equatable {
    /// SSHSIG namespace of rules files and of the files that they name.
    static let namespace = "countersign-rules"

    /// An allowed-signers file (ssh-keygen(1)).
    var allowedSigners: String
    var required: Int

    /// A file that was read, and where it stands.
    struct Document: Sendable {
        var path: String
        var bytes: [UInt8]
    }

    /// Who signed one document, and what did not count.
    struct Verdict: Sendable {
        var document: String
        var tally: SignatureTally
    }

    /// The signatures of each document: `FILE.sig` and `FILE.NAME.sig` beside it.
    func verdicts(_ documents: [Document], at instant: RulesInstant) throws(ServerError) -> [Verdict] {
        let allowed: AllowedSigners
        do throws(SignatureError) {
            allowed = try AllowedSigners(file: try Self.bytes(allowedSigners))
        } catch {
            throw ServerError(.keyUnusable, "\(allowedSigners): \(error)")
        }
        return documents.map { document in
            Verdict(
                document: document.path,
                tally: allowed.tally(
                    of: document.bytes, signatures: Self.signatureFiles(of: document.path),
                    namespace: Self.namespace, at: instant))
        }
    }

    /// - Throws: `rules_invalid` that names each document with too few signatures and why others do not count.
    func check(_ documents: [Document], at instant: RulesInstant) throws(ServerError) {
        let short = try verdicts(documents, at: instant).filter { $0.tally.principals.count < required }
        guard !short.isEmpty else { return }
        throw ServerError(.rulesInvalid, short.map { describe($0) }.joined(separator: "\n"))
    }

    /// One line for the document and one for each signature.
    func describe(_ verdict: Verdict) -> String {
        let count = verdict.tally.principals.count
        var lines = ["\(verdict.document): \(count) of \(required) required signatures"]
        lines += verdict.tally.counted.map {
            "    \($0.principal) signed (\($0.file), \($0.signature.key.fingerprint))"
        }
        lines += verdict.tally.refused.map { "    \($0.file) does not count: \($0.message)" }
        return lines.joined(separator: "\n")
    }

    private static func bytes(_ path: String) throws(SignatureError) -> [UInt8] {
        guard let bytes = try? KeyFiles.bytes(path) else {
            throw SignatureError(.unreadableSigners, "it cannot be read: it is missing, or this user may not read it")
        }
        return bytes
    }

    private static func signatureFiles(of path: String) -> [SignatureFile] {
        let url = URL(fileURLWithPath: path)
        let folder = url.deletingLastPathComponent()
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        let own = names.filter { name in
            guard name.hasPrefix(url.lastPathComponent + "."), name.hasSuffix(".sig") else { return false }
            // FILE.sig, or FILE.NAME.sig where NAME has no dot: rules.yaml.txt.sig is of another file.
            return !name.dropFirst(url.lastPathComponent.count + 1).dropLast(4).contains(".")
        }
        return own.sorted().compactMap { name in
            let file = folder.appendingPathComponent(name).path
            return (try? KeyFiles.bytes(file)).map { SignatureFile(name: name, bytes: $0) }
        }
    }
}
