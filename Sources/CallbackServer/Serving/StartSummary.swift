// What the operator sees when the server is up.

import CallbackProtocol
import CallbackRules
import HTTPSTransport
import NIOCore
import SystemCrypto

/// Addresses, fingerprints and digests: enough to compare with what the co-signer was given, nothing secret.
struct StartSummary {
    let configuration: ServerConfiguration
    let parts: Parts
    let addresses: [String: SocketAddress]

    var lines: [String] {
        var lines = ["callback-server is up (configuration \(configuration.file))"]
        for (listener, tls) in zip(configuration.listeners, parts.tls) {
            let path = listener.basePath + (listener.mode == .publicKey ? "/v2" : "")
            lines.append(row("listener", "https://\(bound(listener.address))\(path)  mode \(listener.mode.rawValue)"))
            lines.append(row("", "certificate \(tls.certificateFingerprint)"))
            lines.append(row("", "public key pin \(tls.spkiPin)"))
            lines += tls.warnings.map { row("", "warning: \($0)") }
        }
        if let admin = configuration.admin {
            let scheme = admin.tls == nil ? "http" : "https"
            lines.append(row("admin", "\(scheme)://\(bound(admin.address, name: "admin"))/readyz"))
        }
        lines.append(row("control", configuration.controlSocket))
        for cosigner in parts.cosigners {
            lines.append(row("co-signer", "\(cosigner.name)  key \(cosigner.key.fingerprintLabel)"))
        }
        if parts.cosigners.isEmpty {
            lines.append(
                row("co-signer", "none is trusted: every JWT will be refused with 401; add one under cosigners"))
        }
        lines.append(row("answers", "default key \(parts.snapshot.responseKeys.default.publicKey.fingerprintLabel)"))
        for (signer, key) in parts.snapshot.responseKeys.signers.sorted(by: { $0.key < $1.key }) {
            lines.append(row("", "signer \(signer)  key \(key.publicKey.fingerprintLabel)"))
        }
        let rules = parts.snapshot.rules
        lines.append(row("rules", "\(rules.name)  \(rules.ruleCount) rules  \(rules.digest)"))
        for sink in configuration.sinks { lines.append(row("sink", "\(sink.name)  format \(sink.format.rawValue)")) }
        lines.append(row("ledger", configuration.ledger.place))
        if let key = try? LedgerAccess(configuration: configuration.ledger).verifierKey() {
            lines.append(row("", "verifier key \(key)"))
        }
        return lines
    }

    private func row(_ label: String, _ text: String) -> String {
        "  " + label + String(repeating: " ", count: max(0, 11 - label.count)) + text
    }

    /// The address with the port that the system chose, where 0 was configured.
    private func bound(_ address: SocketAddressText, name: String? = nil) -> SocketAddressText {
        var bound = address
        if let port = addresses[name ?? address.description]?.port { bound.port = port }
        return bound
    }
}
