// From the configuration to the ledger: to write it, or to look at it beside the server.

import DecisionLedger
import SystemCrypto

/// Opens the ledger that a configuration names.
struct LedgerAccess {
    let configuration: ServerConfiguration.Ledger

    /// For the server.
    func open() throws -> DecisionLedger {
        var options = LedgerOptions()
        options.mask = configuration.mask
        let signer = try signer()
        switch configuration.store {
        case .sqlite(let path): return try DecisionLedger.open(path: path, signer: signer, options: options)
        case .postgres:
            throw ServerError(.workFailed, "this build has no PostgreSQL")
        }
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
        case .postgres:
            throw ServerError(.workFailed, "this build has no PostgreSQL")
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
