// Holds and rules texts: what people and reloads add to the ledger.

package import CallbackRules

extension DecisionLedger {
    /// Every hold, oldest first; with `open`, only those that wait for people.
    package func holds(open: Bool) async throws(LedgerError) -> [Hold] {
        try await perform { try Hold.load($0.session, where: open ? LedgerTransaction.openStates : "1 = 1", []) }
    }

    package func hold(_ number: Int64) async throws(LedgerError) -> Hold? {
        try await perform { try Hold.load($0.session, where: "hold = ?", [.integer(number)]).first }
    }

    /// Records an approval or a refusal. The signature is what counts, not who brings it: it must be one of this hold's
    /// statement by a key of its approvers, and with a FIDO2 key the token must have been touched.
    ///
    /// - Parameter group: the approvers that the rules in force name for a hold; those of its opening where `nil`.
    /// - Returns: the hold as it is now.
    package func sign(
        _ number: Int64, _ verdict: HoldVerdict, signature: [UInt8],
        group: @Sendable (HoldKey) -> ApproverGroup? = { _ in nil }
    ) async throws(LedgerError) -> Hold {
        guard let hold = try await hold(number) else {
            throw LedgerError.noHold(number)
        }
        let approvers = group(HoldKey(rule: hold.rule, limit: hold.limit)) ?? hold.approvers
        let signer = try Self.verified(signature, of: hold, verdict, approvers)
        return try await perform { try $0.record(verdict, of: number, by: signer) }
    }

    private static func verified(
        _ armored: [UInt8], of hold: Hold, _ verdict: HoldVerdict, _ approvers: ApproverGroup
    ) throws(LedgerError) -> HoldSigner {
        do {
            let signature = try OpenSSHSignature(armored: armored)
            let verified = try signature.verify(
                message: hold.statement.bytes(verdict), namespace: HoldStatement.namespace)
            guard let name = approvers.people[verified.key.fingerprint] else {
                throw LedgerError(
                    .signatureRefused,
                    "the key \(verified.key.fingerprint) belongs to no approver of \(approvers.name): nothing was recorded"
                )
            }
            return HoldSigner(
                name: name, key: verified.key.fingerprint, signature: String(decoding: armored, as: UTF8.self))
        } catch let error as SignatureError {
            throw LedgerError(
                .signatureRefused,
                "\(error.message). Sign exactly what `holds statement \(hold.number) --verdict \(verdict.rawValue)` prints; "
                    + "nothing was recorded")
        } catch let error as LedgerError {
            throw error
        } catch {
            throw LedgerError(.signatureRefused, "the signature cannot be read: \(error)")
        }
    }

    /// Keeps the files of a rules version, once for each digest.
    package func keep(rulesDigest: String, files: [(name: String, content: [UInt8])]) async throws(LedgerError) {
        try await perform { transaction in
            for (position, file) in files.enumerated() {
                try transaction.session.write(
                    "INSERT INTO rules_texts (digest, position, name, content) VALUES (?, ?, ?, ?)"
                        + " ON CONFLICT (digest, position) DO NOTHING",
                    [.text(rulesDigest), .integer(Int64(position)), .text(file.name.storable), .blob(file.content)])
            }
        }
    }
}
