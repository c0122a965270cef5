// What a store must do so that people can look at it beside the server that writes it.

/// The reading side of a store.
package protocol LedgerSource: Sendable {
    /// Runs `body` on a connection that sees one moment of the ledger. Keep it short: pages, not whole ledgers.
    func read<Value>(_ body: (any SQLSession) throws -> Value) throws(LedgerError) -> Value
}
