// Everything that a server reads from files before it opens a listener.

import CallbackProtocol
import CallbackRules
import HTTPSTransport

/// Keys, rules and certificates, loaded and proven.
struct Parts {
    var snapshot: ServerSnapshot
    /// The rules file in force and the lists that it names, for the ledger to keep.
    var rulesFiles: [RulesSignatures.Document]
    var cosigners: [TrustedCosigner]
    /// One context for each listener of the configuration, in its order.
    var tls: [TLSServerContext]
    var adminTLS: TLSServerContext?

    static func load(_ configuration: ServerConfiguration) throws -> Parts {
        let cosigners = try configuration.cosigners.map(KeyFiles.trustedCosigner)
        let authenticator: RequestAuthenticator
        do {
            authenticator = try RequestAuthenticator(
                cosigners: cosigners, maximumSize: configuration.limits.body)
        } catch {
            throw ServerError(.keyUnusable, "\(configuration.file): cosigners: \(error.message)")
        }
        let keys = ResponseKeys(
            default: try KeyFiles.responseSigner(configuration.defaultResponseKey),
            signers: try configuration.signerResponseKeys.mapValues(KeyFiles.responseSigner))
        _ = try KeyFiles.ledgerKey(configuration.ledger.signingKey)
        let loaded = try ServedRules(configuration).loadOrThrow()
        return Parts(
            snapshot: ServerSnapshot(
                authenticator: authenticator, responseKeys: keys, rules: loaded.rules, shadow: loaded.shadow),
            rulesFiles: loaded.files,
            cosigners: cosigners,
            tls: try configuration.listeners.map { try context($0.tls) },
            adminTLS: try configuration.admin?.tls.map(context))
    }

    private static func context(_ files: ServerConfiguration.TLSFiles) throws -> TLSServerContext {
        try TLSServerContext(
            certificateChainFile: files.certificate, privateKeyFile: files.privateKey,
            applicationProtocols: ["h2", "http/1.1"], now: Timestamp.now.seconds)
    }
}
