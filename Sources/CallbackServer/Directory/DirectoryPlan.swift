// What `init` writes: a directory that serves as it is.

import CallbackRules
import Foundation
import SystemCrypto

/// Every file of a new directory, decided before the first one is written.
struct DirectoryPlan {
    private struct File {
        var path: String
        var bytes: [UInt8]
        var mode: Int

        init(_ path: String, _ text: String, mode: Int = 0o644) {
            self.init(path, bytes: Array(text.utf8), mode: mode)
        }

        init(_ path: String, bytes: [UInt8], mode: Int = 0o644) {
            self.path = path
            self.bytes = bytes
            self.mode = mode
        }
    }

    private let directory: String
    private var files: [File] = []
    private let hasCosigner: Bool
    private let responseKeyFingerprint: String

    /// Reads what is to be copied, generates keys and certificates. Writes nothing yet.
    init(
        directory: String, address: String, certificateModeAddress: String?, adminAddress: String, cosignerKey: String?,
        rules: String?
    ) throws {
        self.directory = directory
        hasCosigner = cosignerKey != nil
        let response = try RSAPrivateKey.generate(bits: 2048)
        responseKeyFingerprint = response.publicKey.fingerprintLabel
        let ledger = try Ed25519PrivateKey.generate()
        let authority = try DevelopmentCertificateAuthority()
        let server = try authority.issue()
        let configuration = ConfigurationTemplate(
            address: address, certificateModeAddress: certificateModeAddress, adminAddress: adminAddress,
            hasCosigner: hasCosigner
        ).text
        // What `serve` would refuse is not written.
        _ = try ServerConfiguration.read(text: configuration, file: directory + "/callback-server.yaml")
        files = [
            File("callback-server.yaml", configuration),
            File("keys/callback-private.pem", response.privatePEM, mode: 0o600),
            File("keys/callback-public.pem", response.publicKey.pem),
            File("keys/ledger-private.pem", ledger.privatePEM, mode: 0o600),
            File("keys/ledger-public.pem", ledger.publicPEM),
            File("certs/ca.pem", authority.certificatePEM),
            File("certs/server.pem", server.certificatePEM),
            File("certs/server.key", server.privateKeyPEM, mode: 0o600),
        ]
        if let cosignerKey {
            let pem = try KeyFiles.bytes(cosignerKey)
            let configured = ServerConfiguration.Cosigner(name: "primary", publicKey: cosignerKey)
            _ = try KeyFiles.trustedCosigner(configured)
            files.append(File("keys/cosigners/primary.pem", bytes: pem))
        }
        try addRules(rules)
    }

    /// The starter rules, or a checked copy of a rules file with the lists and keys that it names, and with its tests.
    private mutating func addRules(_ source: String?) throws(ServerError) {
        guard let source else {
            files.append(File("rules/rules.yaml", StarterRules.yaml))
            return
        }
        let file = RulesFile(path: source)
        let lists = try file.checkedListFiles()
        files.append(File("rules/rules.yaml", bytes: try KeyFiles.bytes(source)))
        for name in lists {
            do {
                try addBeside(name, bytes: try file.loadList(name), namedBy: source)
            } catch let error as ServerError {
                throw error
            } catch {
                throw ServerError(.fileUnreadable, "\(source): the list file \(name) cannot be read")
            }
        }
        let tests = RulesTest.testsFile(of: source)
        if FileManager.default.fileExists(atPath: tests) { try addTests(tests, of: try file.snapshot()) }
    }

    /// The tests beside a rules file, with the payloads that they name. They must be readable for these rules; whether
    /// they pass is for `rules test`.
    private mutating func addTests(_ path: String, of rules: RulesSnapshot) throws(ServerError) {
        let bytes = try KeyFiles.bytes(path)
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        var samples: [(name: String, bytes: [UInt8])] = []
        let loaded = RulesTestFile.load(file: path, text: bytes, rules: rules) { name in
            let sample = Array(try Data(contentsOf: URL(fileURLWithPath: name, relativeTo: folder)))
            samples.append((name, sample))
            return sample
        }
        guard loaded.tests != nil else {
            let findings = loaded.diagnostics.map(\.description).joined(separator: "\n")
            throw ServerError(
                .rulesInvalid, "\(path) does not fit the rules beside it: correct or move it\n\(findings)\n")
        }
        files.append(File("rules/rules.tests.yaml", bytes: bytes))
        for sample in samples { try addBeside(sample.name, bytes: sample.bytes, namedBy: path) }
    }

    /// A file that the rules or their tests name, below their folder.
    private mutating func addBeside(_ name: String, bytes: [UInt8], namedBy source: String) throws(ServerError) {
        guard !name.hasPrefix("/"), !name.split(separator: "/").contains("..") else {
            throw ServerError(.rulesInvalid, "\(source): the file \(name) is outside the folder of the rules")
        }
        if let planned = files.first(where: { $0.path == "rules/\(name)" }) {
            guard planned.bytes == bytes else {
                throw ServerError(.rulesInvalid, "\(source): the copy of \(name) would have the name of another file")
            }
            return
        }
        files.append(File("rules/\(name)", bytes: bytes))
    }

    /// Writes everything, or nothing when anything is in the way.
    func write() throws(ServerError) {
        let root = URL(fileURLWithPath: directory)
        let inTheWay = (files.map(\.path) + ["data"])
            .filter { FileManager.default.fileExists(atPath: root.appendingPathComponent($0).path) }
        guard inTheWay.isEmpty else {
            throw ServerError(
                .fileExists,
                "Nothing was written: \(directory) already holds \(inTheWay.joined(separator: ", ")); name another directory, "
                    + "or move these away")
        }
        do {
            for folder in ["data", "keys", "keys/cosigners", "certs", "rules"] {
                let mode = ["data", "keys"].contains(folder) ? 0o700 : 0o755
                try FileManager.default.createDirectory(
                    at: root.appendingPathComponent(folder), withIntermediateDirectories: true,
                    attributes: [.posixPermissions: mode])
            }
            for file in files { try Self.write(file, below: root) }
        } catch {
            throw ServerError(.fileUnwritable, "\(directory) cannot be written: \(error.localizedDescription)")
        }
    }

    /// Creates a file that did not exist, with its mode bits from the start.
    private static func write(_ file: File, below root: URL) throws {
        let path = root.appendingPathComponent(file.path)
        try FileManager.default.createDirectory(
            at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
        let descriptor = open(path.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode_t(file.mode))
        guard descriptor >= 0 else { throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: path.path]) }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try handle.write(contentsOf: Data(file.bytes))
        try handle.synchronize()
        try handle.close()
    }

    /// What was made and what comes next.
    var report: String {
        var lines = ["Made \(directory):"]
        lines += files.map { "  \($0.path)\($0.mode == 0o600 ? "  (0600)" : "")" } + ["  data/"]
        lines += ["", "Answers are signed with the key \(responseKeyFingerprint)"]
        lines.append(
            "Give keys/callback-public.pem to the co-signer: cosigner callback-update --public-key FILE --url URL")
        if !hasCosigner {
            lines.append("No co-signer is trusted yet: save its key (cosigner print-public-key) as")
            lines.append("  \(directory)/keys/cosigners/primary.pem and uncomment `cosigners` in callback-server.yaml")
        }
        lines.append("Then: callback-server serve --config \(directory)/callback-server.yaml")
        return lines.joined(separator: "\n")
    }
}
