// Opens ledgers that lie in PostgreSQL.

extension DecisionLedger {
    /// Opens a PostgreSQL ledger, making its tables where the database is empty. Several servers may do so at once.
    ///
    /// Refuses a server whose commits would not be durable (`not_durable`), a newer schema, another program's tables, and
    /// a ledger of another origin. While it is open, a server that cannot be reached fails requests with `unreachable`,
    /// and the next ones try to connect again.
    ///
    /// - Parameter memory: the file in which this server remembers the newest checkpoint.
    package static func open(
        _ store: PostgresStore, signer: NoteSigner? = nil, memory: String? = nil,
        options: LedgerOptions = LedgerOptions(), clock: LedgerClock = .system
    ) throws(LedgerError) -> DecisionLedger {
        let engine = try PostgresEngine(store)
        do throws(LedgerError) {
            return try DecisionLedger(engine, signer: signer, memory: memory, options: options, clock: clock)
        } catch {
            engine.close()
            throw error
        }
    }
}

extension LedgerReader {
    /// Opens an existing PostgreSQL ledger of a schema that this version knows. It never writes.
    package static func open(_ store: PostgresStore) throws(LedgerError) -> LedgerReader {
        LedgerReader(try PostgresSource(store))
    }
}
