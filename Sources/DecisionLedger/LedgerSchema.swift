// The tables, and how older files become current ones.

import GRDB

/// The schema of the SQLite ledger. A migration is never edited once released; a change is a new one.
enum LedgerSchema {
    /// `PRAGMA application_id`: "CSLG".
    static let applicationId = 0x4353_4C47
    /// 1 was a layout that no release had.
    private static let unreleased = 1
    static var version: Int { migrations.count + unreleased }

    /// Brings the file to the current version, in one transaction. Refuses what is not ours or newer.
    static func migrate(_ db: Database) throws {
        let found = try inspect(db)
        guard found < version else { return }
        try db.inTransaction(.immediate) {
            for migration in migrations[max(found - unreleased, 0)...] { try db.execute(sql: migration) }
            try db.execute(sql: "PRAGMA application_id = \(applicationId); PRAGMA user_version = \(version)")
            return .commit
        }
    }

    /// The version of the file, 0 for an empty one.
    @discardableResult
    static func inspect(_ db: Database) throws -> Int {
        let owner = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let found = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
        if owner == 0, found == 0, tables == 0 { return 0 }
        guard owner == applicationId else {
            throw LedgerError(
                .notALedger, "a SQLite database of another program: name another file for the ledger")
        }
        guard found != unreleased else {
            throw LedgerError(
                .notALedger, "written by a build before the first release, in another layout: move the file away")
        }
        guard found <= version else {
            throw LedgerError(
                .newerSchema,
                "written by a newer callback-server (schema \(found), this one knows \(version)): use that version")
        }
        return found
    }

    private static let migrations = [
        // `slot` makes the rules of repeated requests a constraint: one final answer for each identity, one refusal
        // for each other payload, and retries one after another. It sorts: answer, conflict:…, retry:….
        // `requester` stands for authenticator, kind, stage and signerId (see `DecisionDraft`).
        """
        CREATE TABLE decisions (
            sequence INTEGER PRIMARY KEY,
            recorded_at TEXT NOT NULL,
            received_at TEXT NOT NULL,
            request_id TEXT NOT NULL,
            tx_id TEXT,
            external_tx_id TEXT,
            kind TEXT NOT NULL CHECK (kind IN ('transaction', 'configuration')),
            stage TEXT NOT NULL CHECK (stage IN ('signing', 'approval')),
            authenticator TEXT NOT NULL,
            cosigner TEXT,
            listener TEXT NOT NULL,
            signer_id TEXT,
            requester INTEGER NOT NULL,
            slot TEXT NOT NULL,
            payload_digest TEXT NOT NULL,
            stored_payload_digest TEXT NOT NULL,
            action TEXT NOT NULL CHECK (action IN ('APPROVE', 'REJECT', 'IGNORE', 'RETRY')),
            final INTEGER NOT NULL CHECK (final = (action <> 'RETRY')),
            conflict INTEGER NOT NULL CHECK (conflict = 0 OR action = 'REJECT'),
            rule TEXT,
            reason TEXT,
            rules_digest TEXT NOT NULL,
            summary TEXT NOT NULL,
            asset TEXT,
            amount TEXT,
            amount_key TEXT,
            amount_usd TEXT,
            amount_usd_key TEXT,
            repeat INTEGER NOT NULL DEFAULT 0,
            leaf_hash BLOB NOT NULL,
            payload TEXT NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX decisions_identity
            ON decisions (request_id, requester, slot);
        CREATE TRIGGER decisions_are_kept BEFORE DELETE ON decisions
            BEGIN SELECT raise(ABORT, 'decisions are never deleted'); END;
        CREATE TRIGGER decisions_are_immutable BEFORE UPDATE OF
            sequence, recorded_at, received_at, request_id, tx_id, external_tx_id, kind, stage, authenticator,
            cosigner, listener, signer_id, requester, slot, payload_digest, stored_payload_digest, action, final,
            conflict, rule, reason, rules_digest, summary, asset, amount, amount_key, amount_usd, amount_usd_key,
            leaf_hash, payload ON decisions
            BEGIN SELECT raise(ABORT, 'decisions never change'); END;
        """
    ]
}
