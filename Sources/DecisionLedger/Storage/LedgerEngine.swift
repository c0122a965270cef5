// What a store must do so that the ledger can promise what it promises.

/// The writing side of a store. Used by the one writer's thread, except where it says otherwise.
package protocol LedgerEngine: Sendable {
    /// Runs `work` in one transaction that nothing else writes beside. When this returns, the transaction is durable; when
    /// it throws, nothing of it may be reported as recorded, and the engine is ready for the next attempt (it may
    /// have to open a connection anew).
    ///
    /// - Parameter work: also says how many entries the log has then.
    func transact<Value>(_ work: (any SQLSession) throws -> (Value, size: Int64)) throws(LedgerError) -> Value

    /// Called between transactions, when those who waited for the last one have been told: for what need not hold them up.
    func tidy()

    /// Bytes left where the ledger lies, `nil` where that cannot be told. Called on any thread.
    func freeBytes() -> UInt64?

    /// Releases everything. Nothing is called after it.
    func close()
}
