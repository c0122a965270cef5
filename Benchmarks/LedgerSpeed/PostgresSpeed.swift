// How fast the ledger is over PostgreSQL, where each decision costs journeys to the server and back.

import DecisionLedger
import Foundation
import SystemCrypto
import TestSupport

/// A server of its own on this machine, with `fsync` on, gone at the end.
struct PostgresSpeed {
    private let server: PostgresServer

    init() throws {
        server = try PostgresServer()
    }

    /// Measures decisions without limits, and decisions that are charged to one limit each, every time in a new ledger.
    func measure(_ decisions: Int) async throws {
        print("PostgreSQL on this machine, fsync on, \(decisions) decisions by 512 callers at once")
        print("  settled             \(try await rate(Asks(), decisions))/s")
        print("  charged to a limit  \(try await rate(Asks(limit: #"amount_usd: "1000000000""#), decisions))/s")
    }

    private func rate(_ asks: Asks, _ decisions: Int) async throws -> Int {
        let store = try PostgresStore(url: server.url(try await server.newDatabase()))
        let signer = try NoteSigner(name: "ledger.example/speed", key: Ed25519PrivateKey.generate())
        let memory = try TemporaryDirectory()
        let ledger = try DecisionLedger.open(store, signer: signer, memory: memory.file("checkpoint").path)
        let begin = LedgerSpeed.now()
        try await LedgerSpeed.fill(ledger, asks, decisions)
        let elapsed = LedgerSpeed.now() - begin
        ledger.close()
        return decisions * 1_000_000_000 / max(1, Int(elapsed))
    }
}
