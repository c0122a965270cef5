// The configuration file that `init` writes.

/// callback-server.yaml with every key that a first reader should meet.
struct ConfigurationTemplate {
    let address: String
    let certificateModeAddress: String?
    let adminAddress: String
    let hasCosigner: Bool

    var text: String {
        """
        # Configuration of callback-server. Relative paths start at this file's folder; ${NAME} takes an environment
        # variable. Unknown keys are errors. Reference: docs/operations.md.
        config_version: 1
        deadline: 20s                         # at most 25s; the co-signer gives up after 30 s
        listeners:
          - address: "\(address)"
            mode: public-key                  # JWT, paths below /v2
            base_path: /
            tls: { certificate: certs/server.pem, private_key: certs/server.key }
        \(certificateListener)limits:
          { body: 8MiB, bodies: 64MiB, handshake_timeout: 5s, header_timeout: 5s, body_timeout: 10s, idle_timeout: 60s,
            connections: 10000 }
        \(cosigners)
        response_keys:
          default: keys/callback-private.pem
          signers: {}                         # signerId: key file
        rules: { file: rules/rules.yaml }
        ledger: { sqlite: data/ledger.sqlite, signing_key: keys/ledger-private.pem }
        admin: { address: "\(adminAddress)" }  # health and readiness; never on a public listener
        log: { level: info, format: json }

        """
    }

    private var certificateListener: String {
        guard let certificateModeAddress else { return "" }
        return """
              - address: "\(certificateModeAddress)"
                mode: certificate                 # plain JSON without /v2: the protocol does not authenticate the peer,
                allow_from: ["127.0.0.0/8"]       # so only these networks may ask
                base_path: /
                tls: { certificate: certs/server.pem, private_key: certs/server.key }

            """
    }

    private var cosigners: String {
        guard !hasCosigner else {
            return """
                cosigners:
                  - { name: primary, public_key: keys/cosigners/primary.pem }
                """
        }
        return """
            # cosigners:                          # until one is named, every JWT is refused with 401
            #   - { name: primary, public_key: keys/cosigners/primary.pem }
            """
    }
}
