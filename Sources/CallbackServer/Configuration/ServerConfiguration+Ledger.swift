// Where decisions are recorded, and how the record is signed.

extension ServerConfiguration {
    struct Ledger: Sendable, Equatable {
        enum Store: Sendable, Equatable {
            /// A file of this server's own.
            case sqlite(String)
            /// A database that several servers share.
            case postgres(url: String, passwordFile: String?)
        }

        var store: Store
        /// Ed25519, signs checkpoints.
        var signingKey: String
        /// The name of the log; by default one made from the key.
        var origin: String?
        /// Members of payloads that are not stored in clear.
        var mask: [String]

        /// What messages call it. Never holds a password: a URL with one is refused.
        var place: String {
            switch store {
            case .sqlite(let path): path
            case .postgres(let url, _): url
            }
        }
    }
}
