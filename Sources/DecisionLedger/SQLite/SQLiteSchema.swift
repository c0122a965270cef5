// The tables, and how older files become current ones.

import GRDB

/// The schema of the SQLite ledger. A migration is never edited once released; a change is a new one.
enum SQLiteSchema {
    /// `PRAGMA application_id`: "CSLG".
    static let applicationId = 0x4353_4C47
    /// 1 and 2 were layouts that no release had.
    private static let unreleased = 2
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
        guard found > unreleased else {
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
        // `action` is compared with each of its values: for IN with more than two SQLite makes a table at every row.
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
            action TEXT NOT NULL CHECK (action = 'APPROVE' OR action = 'REJECT' OR action = 'IGNORE' OR action = 'RETRY'),
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
            charges TEXT,
            holds TEXT,
            commitments TEXT,
            salt BLOB,
            payload TEXT NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX decisions_identity
            ON decisions (request_id, requester, slot);
        CREATE TABLE ledger_head (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            size INTEGER NOT NULL,
            recorded_at INTEGER NOT NULL,
            frontier BLOB NOT NULL,
            origin TEXT NOT NULL
        ) STRICT;
        CREATE TABLE tree_nodes (
            level INTEGER NOT NULL,
            position INTEGER NOT NULL,
            hash BLOB NOT NULL,
            PRIMARY KEY (level, position)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE checkpoints (
            size INTEGER PRIMARY KEY,
            recorded_at INTEGER NOT NULL,
            root BLOB NOT NULL,
            note TEXT NOT NULL
        ) STRICT;
        CREATE TABLE limit_counters (
            counter INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE
        ) STRICT;
        CREATE TABLE limit_charges (
            counter INTEGER NOT NULL,
            request_id TEXT NOT NULL,
            charged_at INTEGER NOT NULL,
            amount TEXT NOT NULL,
            PRIMARY KEY (counter, request_id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX limit_charges_by_time ON limit_charges (counter, charged_at, amount);
        CREATE TABLE limit_sums (
            counter INTEGER NOT NULL,
            period INTEGER NOT NULL,
            through INTEGER NOT NULL,
            sum TEXT NOT NULL,
            PRIMARY KEY (counter, period)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE holds (
            hold INTEGER PRIMARY KEY,
            request_id TEXT NOT NULL,
            requester INTEGER NOT NULL,
            payload_digest TEXT NOT NULL,
            rule TEXT NOT NULL,
            limit_id TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('waiting', 'approved', 'refused', 'expired', 'void', 'decided')),
            opened_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL,
            details TEXT NOT NULL
        ) STRICT;
        CREATE INDEX holds_of_request ON holds (request_id, requester);
        CREATE INDEX holds_open ON holds (expires_at) WHERE state IN ('waiting', 'approved');
        CREATE TABLE hold_events (
            sequence INTEGER PRIMARY KEY,
            hold INTEGER NOT NULL,
            event TEXT NOT NULL,
            key TEXT,
            record TEXT NOT NULL,
            leaf_hash BLOB NOT NULL
        ) STRICT;
        CREATE INDEX hold_events_of_hold ON hold_events (hold, sequence);
        CREATE TABLE rules_texts (
            digest TEXT NOT NULL,
            position INTEGER NOT NULL,
            name TEXT NOT NULL,
            content BLOB NOT NULL,
            PRIMARY KEY (digest, position)
        ) STRICT;
        CREATE TRIGGER decisions_are_kept BEFORE DELETE ON decisions
            BEGIN SELECT raise(ABORT, 'decisions are never deleted'); END;
        CREATE TRIGGER decisions_are_immutable BEFORE UPDATE OF
            sequence, recorded_at, received_at, request_id, tx_id, external_tx_id, kind, stage, authenticator,
            cosigner, listener, signer_id, requester, slot, payload_digest, stored_payload_digest, action, final,
            conflict, rule, reason, rules_digest, summary, asset, amount, amount_key, amount_usd, amount_usd_key,
            leaf_hash, payload, charges, holds, commitments, salt ON decisions
            BEGIN SELECT raise(ABORT, 'decisions never change'); END;
        CREATE TRIGGER hold_events_are_kept BEFORE DELETE ON hold_events
            BEGIN SELECT raise(ABORT, 'hold events are never deleted'); END;
        CREATE TRIGGER hold_events_are_immutable BEFORE UPDATE ON hold_events
            BEGIN SELECT raise(ABORT, 'hold events never change'); END;
        """
    ]
}
