// With which key checkpoints are verified.

import ArgumentParser
import DecisionLedger
import SystemCrypto

/// `--key`, for whoever has the log's public key and not the server's configuration.
struct VerifierKeyOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The log's public key: a PEM file (ledger-public.pem), or a file with a signed-note verifier key.",
            valueName: "FILE"))
    var key: String?

    @Option(
        help: ArgumentHelp(
            "The log's origin, where the key is a PEM file and the log has a name of its own.", valueName: "NAME"))
    var origin: String?
}

extension VerifierKeyOption {
    /// `nil` where none is named.
    func read() throws -> NoteVerifierKey? {
        guard let path = key else { return nil }
        let bytes = try KeyFiles.bytes(path)
        let text = String(decoding: bytes, as: UTF8.self)
        if text.contains("-----BEGIN") {
            let key = try KeyFiles.ledgerPublicKey(path)
            return try NoteVerifierKey(name: origin ?? LedgerAccess.origin(of: key), publicKey: key)
        }
        do throws(LedgerError) {
            return try NoteVerifierKey(text.split(whereSeparator: \.isNewline).first.map(String.init) ?? "")
        } catch {
            throw ServerError(.keyUnusable, "\(path) is neither a PEM public key nor a verifier key: \(error.message)")
        }
    }
}
