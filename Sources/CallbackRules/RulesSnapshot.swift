// A rules file as loaded: immutable, shared by every request that starts while it is in force.

import SystemCrypto

/// One loaded version of the rules. Loading checks everything; evaluation cannot fail. An object, so that a request takes
/// one reference.
package final class RulesSnapshot: Sendable {
    /// The file's own `name`.
    package let name: String
    /// `sha256:` and the digest of the rules file and of every list file that it names, as loaded.
    package let digest: String
    package let transactionRuleCount: Int
    package let configurationRuleCount: Int
    let plan: RulesPlan
    private let unnamedPeerRules: [Diagnostic]
    /// Whether decisions can depend on what was decided before: a rule has limits or holds.
    package let needsHistory: Bool

    private init(name: String, digest: String, plan: RulesPlan, unnamedPeerRules: [Diagnostic]) {
        self.name = name
        self.digest = digest
        transactionRuleCount = plan.transactions.count
        configurationRuleCount = plan.configurationChanges.count
        self.plan = plan
        self.unnamedPeerRules = unnamedPeerRules
        needsHistory = plan.needsHistory
    }

    package var ruleCount: Int { transactionRuleCount + configurationRuleCount }

    /// Warnings about approve rules that name neither `cosigner` nor `listener`. They count where a certificate-mode
    /// listener is configured, because the protocol does not authenticate its peer.
    package var certificateModeWarnings: [Diagnostic] { unnamedPeerRules }
}

/// What loading a rules file gave.
package struct RulesLoadResult: Sendable {
    /// `nil` where there was an error.
    package let snapshot: RulesSnapshot?
    /// Errors and warnings in the order of the text.
    package let diagnostics: [Diagnostic]
}

extension RulesSnapshot {
    /// Reads, checks and compiles a rules file.
    ///
    /// - Parameters:
    ///   - file: the file's name for diagnostics; it is not opened.
    ///   - text: the file's bytes.
    ///   - loadList: returns the bytes of a list file by its name in `addresses_file`, which is relative to the rules
    ///     file unless the caller decides otherwise. What it throws becomes a diagnostic.
    package static func load(
        file: String, text: [UInt8], loadList: (String) throws -> [UInt8]
    ) -> RulesLoadResult {
        var findings = Findings(file: file)
        guard let root = YAMLReader.read(text, into: &findings),
            let syntax = RulesFileReader.read(root, into: &findings)
        else { return RulesLoadResult(snapshot: nil, diagnostics: findings.sorted) }
        RulesChecker.check(syntax, into: &findings)
        var loader = ListLoader()
        loader.load(syntax.lists, from: loadList, into: &findings)
        loader.load(syntax.keys, from: loadList, into: &findings)
        let plan = RulesCompiler.compile(syntax, lists: loader.lists, keys: loader.keys, into: &findings)
        guard !findings.hasErrors else { return RulesLoadResult(snapshot: nil, diagnostics: findings.sorted) }
        let snapshot = RulesSnapshot(
            name: syntax.name.value, digest: digest(of: text, lists: loader.files), plan: plan,
            unnamedPeerRules: unnamedPeers(in: syntax, file: file))
        return RulesLoadResult(snapshot: snapshot, diagnostics: findings.sorted)
    }

    /// The same file with another plan, to try changes of it. Such a snapshot is never served.
    func with(plan: RulesPlan) -> RulesSnapshot {
        RulesSnapshot(name: name, digest: digest, plan: plan, unnamedPeerRules: unnamedPeerRules)
    }

    /// SHA-256 over a domain label and every part with its length before it, so that no two sets of files share it.
    private static func digest(of text: [UInt8], lists: [(name: String, bytes: [UInt8])]) -> String {
        var input = Array("countersign rules digest v1\0".utf8)
        func append(_ part: some Collection<UInt8>) {
            withUnsafeBytes(of: UInt64(part.count).bigEndian) { input += $0 }
            input += part
        }
        append(text)
        for list in lists {
            append(list.name.utf8)
            append(list.bytes)
        }
        return SHA256Digest.label(SHA256Digest.hash(input))
    }

    private static func unnamedPeers(in syntax: RulesFile, file: String) -> [Diagnostic] {
        syntax.rules.compactMap { _, rule in
            guard rule.effect.value == .approve,
                !rule.when.conditions.contains(where: { $0.field == .cosigner || $0.field == .listener })
            else { return nil }
            return Diagnostic(
                file: file, line: rule.id.position.line, column: rule.id.position.column, code: .unnamedPeer,
                message: "Rule `\(rule.id.value)` approves whoever asks on a certificate-mode listener.")
        }
    }
}
