// From the configuration to the ledger: to write it, or to look at it beside the server.

import DecisionLedger
import Foundation
import NIOCore
import SystemCrypto

/// Opens the ledger that a configuration names.
struct LedgerAccess {
    let configuration: ServerConfiguration.Ledger
    /// Within which the server answers.
    var deadline = TimeAmount.seconds(20)
    /// Where the server remembers the newest checkpoint of a ledger that is no file.
    var memory: String?

    init(configuration: ServerConfiguration.Ledger) { self.configuration = configuration }

    /// For the server.
    init(_ configuration: ServerConfiguration) {
        self.init(configuration: configuration.ledger)
        deadline = configuration.deadline
        memory =
            URL(fileURLWithPath: configuration.controlSocket).deletingLastPathComponent()
            .appendingPathComponent("ledger.checkpoint").path
    }

    /// For the server.
    func open() throws -> DecisionLedger {
        var options = LedgerOptions()
        options.mask = configuration.mask
        let signer = try signer()
        switch configuration.store {
        case .sqlite(let path): return try DecisionLedger.open(path: path, signer: signer, options: options)
        case .postgres(let url, let passwordFile):
            return try DecisionLedger.open(
                postgres(url, passwordFile), signer: signer, memory: memory, options: options)
        }
    }

    /// A transaction must have ended, or be given up, before the co-signer is told to ask again.
    private func postgres(_ url: String, _ passwordFile: String?) throws -> PostgresStore {
        try PostgresStore(
            url: url, password: try passwordFile.map { file throws(ServerError) in try KeyFiles.password(file) },
            patience: Int(max(1000, (deadline - .seconds(2)).nanoseconds / 1_000_000)))
    }

    /// As `reader`, several of them, each with a connection of its own.
    func readers(_ count: Int) throws -> [LedgerReader] { try (0..<max(1, count)).map { _ in try reader() } }

    /// Copies a SQLite ledger, and returns how many entries the copy has.
    func copy(to destination: String) throws -> Int64 {
        guard case .sqlite(let path) = configuration.store else {
            throw ServerError(
                .workFailed, "A PostgreSQL ledger is backed up with PostgreSQL's own tools (docs/ledger.md)")
        }
        return try LedgerReader.copy(path, to: destination)
    }

    /// For the verbs that read.
    func reader() throws -> LedgerReader {
        switch configuration.store {
        case .sqlite(let path): return try LedgerReader.open(path: path)
        case .postgres(let url, let passwordFile): return try LedgerReader.open(postgres(url, passwordFile))
        }
    }

    private func signer() throws -> NoteSigner {
        let key = try KeyFiles.ledgerKey(configuration.signingKey)
        return try NoteSigner(name: configuration.origin ?? Self.origin(of: key.publicKey), key: key)
    }

    /// What verifies the checkpoints of this ledger.
    func verifierKey() throws -> NoteVerifierKey { try signer().verifierKey }

    /// The name of a log whose configuration names none: `countersign/` and the first 16 hex digits of its key's SHA-256.
    static func origin(of key: Ed25519PublicKey) -> String {
        "countersign/" + Hexadecimal.encode(Array(SHA256Digest.hash(key.bytes).prefix(8)))
    }
}
