// The tables. As in `SQLiteSchema`, where PostgreSQL has not another way.

/// What an empty database is given, statement by statement.
enum PostgresTables {
    static let statements = decisions + log + limits + holds + protections

    /// Texts are compared by their bytes everywhere.
    private static let text = #"TEXT COLLATE "C""#

    private static let decisions = [
        "CREATE TABLE ledger_schema (program \(text) PRIMARY KEY, version BIGINT NOT NULL)",
        """
        CREATE TABLE decisions (
            sequence BIGINT PRIMARY KEY,
            recorded_at \(text) NOT NULL,
            received_at \(text) NOT NULL,
            request_id \(text) NOT NULL,
            tx_id \(text),
            external_tx_id \(text),
            kind \(text) NOT NULL CHECK (kind IN ('transaction', 'configuration')),
            stage \(text) NOT NULL CHECK (stage IN ('signing', 'approval')),
            authenticator \(text) NOT NULL,
            cosigner \(text),
            listener \(text) NOT NULL,
            signer_id \(text),
            requester BIGINT NOT NULL,
            slot \(text) NOT NULL,
            payload_digest \(text) NOT NULL,
            stored_payload_digest \(text) NOT NULL,
            action \(text) NOT NULL CHECK (action IN ('APPROVE', 'REJECT', 'IGNORE', 'RETRY')),
            final BIGINT NOT NULL CHECK (final = CASE action WHEN 'RETRY' THEN 0 ELSE 1 END),
            conflict BIGINT NOT NULL CHECK (conflict = 0 OR (conflict = 1 AND action = 'REJECT')),
            rule \(text),
            reason \(text),
            rules_digest \(text) NOT NULL,
            summary \(text) NOT NULL,
            asset \(text),
            amount \(text),
            amount_key \(text),
            amount_usd \(text),
            amount_usd_key \(text),
            repeat BIGINT NOT NULL DEFAULT 0,
            leaf_hash BYTEA NOT NULL,
            charges \(text),
            holds \(text),
            commitments \(text),
            salt BYTEA,
            payload \(text) NOT NULL
        )
        """,
        "CREATE UNIQUE INDEX decisions_identity ON decisions (request_id, requester, slot)",
    ]

    private static let log = [
        """
        CREATE TABLE ledger_head (
            id BIGINT PRIMARY KEY CHECK (id = 1),
            size BIGINT NOT NULL,
            recorded_at BIGINT NOT NULL,
            frontier BYTEA NOT NULL,
            origin \(text) NOT NULL
        )
        """,
        """
        CREATE TABLE tree_nodes (
            level BIGINT NOT NULL,
            position BIGINT NOT NULL,
            hash BYTEA NOT NULL,
            PRIMARY KEY (level, position)
        )
        """,
        """
        CREATE TABLE checkpoints (
            size BIGINT PRIMARY KEY,
            recorded_at BIGINT NOT NULL,
            root BYTEA NOT NULL,
            note \(text) NOT NULL
        )
        """,
        """
        CREATE TABLE rules_texts (
            digest \(text) NOT NULL,
            position BIGINT NOT NULL,
            name \(text) NOT NULL,
            content BYTEA NOT NULL,
            PRIMARY KEY (digest, position)
        )
        """,
    ]

    /// A counter's name may be longer than an entry of a B-tree; amounts too, so they stand in no index.
    private static let limits = [
        """
        CREATE TABLE limit_counters (
            counter BIGINT PRIMARY KEY,
            name \(text) NOT NULL,
            CONSTRAINT limit_counters_name EXCLUDE USING hash (name WITH =)
        )
        """,
        """
        CREATE TABLE limit_charges (
            counter BIGINT NOT NULL,
            request_id \(text) NOT NULL,
            charged_at BIGINT NOT NULL,
            amount \(text) NOT NULL,
            PRIMARY KEY (counter, request_id)
        )
        """,
        "CREATE INDEX limit_charges_by_time ON limit_charges (counter, charged_at)",
        """
        CREATE TABLE limit_sums (
            counter BIGINT NOT NULL,
            period BIGINT NOT NULL,
            through BIGINT NOT NULL,
            sum \(text) NOT NULL,
            PRIMARY KEY (counter, period)
        )
        """,
    ]

    private static let holds = [
        """
        CREATE TABLE holds (
            hold BIGINT PRIMARY KEY,
            request_id \(text) NOT NULL,
            requester BIGINT NOT NULL,
            payload_digest \(text) NOT NULL,
            rule \(text) NOT NULL,
            limit_id \(text) NOT NULL,
            state \(text) NOT NULL
                CHECK (state IN ('waiting', 'approved', 'refused', 'expired', 'void', 'decided')),
            opened_at BIGINT NOT NULL,
            expires_at BIGINT NOT NULL,
            details \(text) NOT NULL
        )
        """,
        "CREATE INDEX holds_of_request ON holds (request_id, requester)",
        "CREATE INDEX holds_open ON holds (expires_at) WHERE state IN ('waiting', 'approved')",
        """
        CREATE TABLE hold_events (
            sequence BIGINT PRIMARY KEY,
            hold BIGINT NOT NULL,
            event \(text) NOT NULL,
            key \(text),
            record \(text) NOT NULL,
            leaf_hash BYTEA NOT NULL
        )
        """,
        "CREATE INDEX hold_events_of_hold ON hold_events (hold, sequence)",
    ]

    /// Against accidents; whoever owns the tables can take them away, and verification finds what was done then.
    private static let protections = [
        """
        CREATE FUNCTION ledger_refuses() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation';
        END
        $$
        """,
        trigger("decisions_are_kept", "BEFORE DELETE OR TRUNCATE ON decisions", "decisions are never deleted"),
        trigger(
            "decisions_are_immutable",
            """
            BEFORE UPDATE OF sequence, recorded_at, received_at, request_id, tx_id, external_tx_id, kind, stage,
            authenticator, cosigner, listener, signer_id, requester, slot, payload_digest, stored_payload_digest, action,
            final, conflict, rule, reason, rules_digest, summary, asset, amount, amount_key, amount_usd, amount_usd_key,
            leaf_hash, payload, charges, holds, commitments, salt ON decisions
            """, "decisions never change"),
        trigger("hold_events_are_kept", "BEFORE DELETE OR TRUNCATE ON hold_events", "hold events are never deleted"),
        trigger("hold_events_are_immutable", "BEFORE UPDATE ON hold_events", "hold events never change"),
    ]

    /// For each statement, so that TRUNCATE is refused as well.
    private static func trigger(_ name: String, _ event: String, _ message: String) -> String {
        "CREATE TRIGGER \(name) \(event) FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuses('\(message)')"
    }
}
