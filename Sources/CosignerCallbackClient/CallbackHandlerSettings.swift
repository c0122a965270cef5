// What one API user's co-signer knows of its callback handler.

/// Where the callback handler is and how it is trusted. PEM texts, as the operator gave them.
package struct CallbackHandlerSettings: Sendable, Equatable, Codable {
    /// The base URL; the co-signer appends `/v2/tx_sign_request` and its siblings.
    package var url: String
    package var option: SecurityOption
    /// The key that verifies answers, for the options with JWT.
    package var publicKeyPEM: String?
    /// The certificate whose public key is pinned, for the certificate options.
    package var certificatePEM: String?
    /// The only trusted root, for the root-CA options.
    package var rootCAPEM: String?
    /// An authority trusted beside the system's, for public-key with a private authority (a laptop, a test).
    package var extraCAPEM: String?

    package init(
        url: String, option: SecurityOption, publicKeyPEM: String? = nil, certificatePEM: String? = nil,
        rootCAPEM: String? = nil, extraCAPEM: String? = nil
    ) {
        self.url = url
        self.option = option
        self.publicKeyPEM = publicKeyPEM
        self.certificatePEM = certificatePEM
        self.rootCAPEM = rootCAPEM
        self.extraCAPEM = extraCAPEM
    }
}
