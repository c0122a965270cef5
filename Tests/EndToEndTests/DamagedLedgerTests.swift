// The built server on a ledger that is damaged or older than it was: it serves nothing, says what to do, and changes nothing.

import CallbackProtocol
import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(3))) struct DamagedLedgerTests {
    private let server: TestServer
    private let files: LedgerFiles
    private var path: String { server.home + "/data/ledger.sqlite" }

    init() async throws {
        server = try await TestServer(rules: approvingRules)
        files = LedgerFiles(server.home + "/data/ledger.sqlite")
    }

    /// Serves so many decisions, and ends.
    private func serve(_ ids: String...) async throws {
        try await server.start()
        try await server.connect()
        for id in ids {
            let (_, answers) = try await server.ask(transfer(id))
            #expect(answers.first?["action"]?.string == "APPROVE")
        }
        #expect(await server.stop() == 0)
    }

    /// Looks at a start that must fail, and at the files behind it.
    private func expectRefusal(_ code: String, _ advice: String) async throws {
        let before = try files.kept()
        let refused = try await Executable.callbackServer("serve", "--config", server.configuration)
        #expect(refused.status == 1 && refused.text.isEmpty, "\(refused.text)")
        for part in [path, "[\(code)]", advice] {
            #expect(refused.errorText.contains(part), "\(part): \(refused.errorText)")
        }
        let after = try files.kept()
        #expect(after.keys == before.keys)
        for (name, data) in before { #expect(after[name] == data, "\(name)") }
    }

    @Test func aPageOfGarbageIsRefused() async throws {
        try await serve("one", "two")
        let sound = try files.bytes()
        let place = try #require(sound.firstRange(of: Data(#""requestId":"two""#.utf8)))
        try files.write(LedgerFiles.garbage(page: place.lowerBound / LedgerFiles.pageSize, of: sound))
        try await expectRefusal("corrupt", "restore the newest sound copy")
        try files.write(sound)
        try await serve("two", "three")
    }

    @Test func aFileThatWasCutOffIsRefused() async throws {
        try await serve("one", "two")
        let sound = try files.bytes()
        try files.write(sound.prefix(sound.count / 2))
        try await expectRefusal("corrupt", "estore")
        try files.write(Data())
        try await expectRefusal("rolled_back", "restore it")
    }

    @Test func aCopyThatIsOlderThanTheRememberedCheckpointIsRefused() async throws {
        try await serve("one")
        let older = try files.bytes()
        try await serve("two")
        let newer = try files.bytes()
        try files.write(older)
        try await expectRefusal("rolled_back", "ledger.sqlite.checkpoint")
        try files.write(newer)
        try await serve("two", "three")
    }
}
