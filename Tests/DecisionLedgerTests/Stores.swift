// The same tests over both engines.

import Foundation
import SystemPostgres
import TestSupport
import Testing

@testable import CallbackProtocol
@testable import DecisionLedger

/// Where the ledger of a test lies.
enum Store: String, CaseIterable, Sendable {
    case sqlite, postgres

    /// The one that the running test is for.
    @TaskLocal static var current = Store.sqlite

    /// Both, or the one that COUNTERSIGN_TEST_STORE names.
    static var chosen: [Store] {
        ProcessInfo.processInfo.environment["COUNTERSIGN_TEST_STORE"].flatMap(Store.init).map { [$0] } ?? allCases
    }
}

/// Runs each test of a suite once for each store. What a failure says does not name the store: set
/// COUNTERSIGN_TEST_STORE to find out.
struct BothStores: SuiteTrait, TestTrait, TestScoping {
    var isRecursive: Bool { true }

    func scopeProvider(for test: Test, testCase: Test.Case?) -> BothStores? {
        test.isSuite || testCase == nil ? nil : self
    }

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        for store in Store.chosen {
            try await Store.$current.withValue(store) { try await function() }
        }
    }
}

extension Trait where Self == BothStores {
    static var bothStores: BothStores { BothStores() }
}

/// An empty database of the shared server.
struct PostgresPlace: Sendable {
    let server: PostgresServer
    let database: String
    let store: PostgresStore

    /// Made through our own connection: initializers of suites cannot wait for psql.
    init(on other: PostgresServer? = nil, patience: Int = 10_000) throws {
        server = try other ?? PostgresServer.shared()
        database = "t" + UUID().uuidString.filter { $0 != "-" }.lowercased()
        let administration = try PostgresConnection.open(PostgresTarget(url: server.url("postgres")))
        _ = try administration.execute("CREATE DATABASE \(database)")
        administration.close()
        store = try PostgresStore(url: server.url(database), patience: patience)
    }

    /// The same database over TCP, for a new role with a password.
    func store(port: Int, _ parameters: String, patience: Int) throws -> PostgresStore {
        let (role, password) = ("r" + UUID().uuidString.filter { $0 != "-" }.lowercased(), UUID().uuidString)
        let administration = try PostgresConnection.open(PostgresTarget(url: server.url("postgres")))
        _ = try administration.execute("CREATE ROLE \(role) SUPERUSER LOGIN PASSWORD '\(password)'")
        administration.close()
        return try PostgresStore(
            url: server.networkURL(database, user: role, port: port, parameters), password: password,
            patience: patience)
    }

    func psql(_ sql: String) async throws -> String { try await server.psql(sql, database: database) }

    /// What psql finds: the rows as JSON arrays, one on each line.
    func rows(_ sql: String) async throws -> [String] {
        try await psql("SELECT row_to_json(found) FROM (\(sql)) AS found").split(separator: "\n").map { line in
            let members = try #require(try StrictJSON.parse(Array(line.utf8)).object).members
            return "[" + members.map { String(decoding: $0.value.serialized(), as: UTF8.self) }.joined(separator: ",")
                + "]"
        }
    }
}
