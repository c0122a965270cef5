// The four kinds of values that go to and come from the server.

/// A parameter or a column of a row.
///
/// Sent as int8, text and bytea in binary. Received from int2, int4, int8, oid and bool (0 or 1) as `integer`; from text,
/// varchar, bpchar, name and "char" as `text`; from bytea as `blob`; from void as `null`. Other types are errors: cast
/// them in the statement.
package enum PostgresValue: Sendable, Hashable {
    case null
    case integer(Int64)
    /// UTF-8 without NUL, which PostgreSQL cannot store.
    case text(String)
    case blob([UInt8])
}

/// What a statement gave.
package struct PostgresResult: Sendable, Hashable {
    /// Rows in the server's order, each with one value per column.
    package var rows: [[PostgresValue]]
    /// How many rows INSERT, UPDATE, DELETE or MERGE changed, or SELECT returned; else 0.
    package var affected: Int

    package init(rows: [[PostgresValue]] = [], affected: Int = 0) {
        self.rows = rows
        self.affected = affected
    }
}
