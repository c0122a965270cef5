// A server that dies and comes back, and one that would lose commits: each on a server of its own.

import SystemPostgres
import TestSupport
import Testing

@Suite struct CrashTests {
    @Test func aServerThatIsKilledComesBackWithEveryCommit() async throws {
        let place = try await Place(on: PostgresServer())
        let writer = try place.open()
        let pool = PostgresPool(place.target, size: 2)
        let count = "SELECT count(*) FROM kept"
        _ = try writer.execute("CREATE TABLE kept (i bigint)")
        for number in Int64(1)...20 { _ = try writer.execute("INSERT INTO kept VALUES (?)", [.integer(number)]) }
        #expect(try pool.withConnection(timeout: 5_000) { try $0.value(count) } == .integer(20))
        _ = try writer.executeBatch([("BEGIN", []), ("INSERT INTO kept VALUES (?)", [.integer(21)])])

        place.server.kill()
        let error = failure { try writer.execute("COMMIT") }
        #expect(error?.code == .connectionLost)
        #expect(!writer.isUsable)
        #expect(failure { try place.open() }?.code == .connectionFailed)
        #expect(failure { try pool.withConnection(timeout: 5_000) { try $0.value(count) } }?.code == .connectionFailed)

        try place.server.start()
        #expect(failure { try writer.execute("SELECT 1") }?.code == .connectionLost)
        let again = try place.open()
        #expect(again.preparedStatements < writer.preparedStatements)
        #expect(try again.value(count) == .integer(20))
        #expect(try again.execute("INSERT INTO kept VALUES (?)", [.integer(21)]).affected == 1)
        #expect(try pool.withConnection(timeout: 5_000) { try $0.value(count) } == .integer(21))
    }

    @Test(arguments: ["fsync", "full_page_writes"])
    func aServerThatWouldLoseCommitsIsRefused(_ setting: String) async throws {
        let place = try await Place(on: PostgresServer())
        try place.open().close()
        try await place.server.psql("ALTER SYSTEM SET \(setting) = off")
        place.server.stop()
        try place.server.start()
        let error = failure { try place.open() }
        #expect(error?.code == .notDurable)
        #expect(error?.message.contains("\(setting)=on") == true)
    }
}
