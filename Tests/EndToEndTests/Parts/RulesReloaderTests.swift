// Reloads of the rules that overlap, or that find a bad file.

import CallbackProtocol
import CallbackRules
import DecisionLedger
import Foundation
import Logging
import NIOConcurrencyHelpers
import SystemCrypto
import TestSupport
import Testing

@testable import callback_server

@Suite(.timeLimit(.minutes(1))) struct RulesReloaderTests {
    private let directory: TemporaryDirectory
    private let file: RulesFile
    private let snapshot: CurrentSnapshot
    private let reloader: RulesReloader

    init() throws {
        directory = try TemporaryDirectory()
        file = RulesFile(path: try directory.write("rules.yaml", Self.rules("first")))
        snapshot = CurrentSnapshot(
            ServerSnapshot(
                authenticator: try RequestAuthenticator(cosigners: []),
                responseKeys: ResponseKeys(
                    default: try ResponseSigner(key: RSAPrivateKey.generate(bits: 2048)), signers: [:]),
                rules: try file.snapshot()))
        reloader = RulesReloader(
            files: ServedRules(file: file), snapshot: snapshot,
            keeper: RulesKeeper(
                ledger: try DecisionLedger.open(path: directory.file("ledger.sqlite").path), logger: Self.logger),
            logger: Self.logger)
    }

    private static var logger: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }

    private static func rules(_ name: String, lists: String = "") -> String {
        """
        rules_version: 1
        name: \(name)
        time_zone: UTC
        \(lists)
        transactions: []
        configuration_changes: []
        """
    }

    private func reload() async -> RulesReload {
        await withCheckedContinuation { continuation in
            reloader.reload { continuation.resume(returning: $0) }
        }
    }

    @Test func twoReloadsAtOnceEndInTheRulesOfTheNewerFile() async throws {
        // The older file has a long list, the newer one none: left to themselves, the newer one's reload would end first.
        let addresses = (0..<20_000).map { "0x" + String(repeating: "0", count: 35) + String($0 + 10_000) + "\n" }
        let list = try directory.write("long.txt", addresses.joined())
        try directory.write("rules.yaml", Self.rules("older", lists: "lists: { a: { addresses_file: long.txt } }"))
        let watch = try OpenWatch(list)
        let order = NIOLockedValueBox<[String]>([])
        let (directory, reloader) = (directory, reloader)
        let results = try await withThrowingTaskGroup(of: RulesReload.self) { group in
            func reload(_ name: String) {
                group.addTask {
                    await withCheckedContinuation { continuation in
                        reloader.reload { result in
                            order.withLockedValue { $0.append(name) }
                            continuation.resume(returning: result)
                        }
                    }
                }
            }
            reload("older")
            // Its list is being opened, so its rules have been read. Now the newer file takes its place.
            await watch.wait()
            try directory.write("rules.yaml", Self.rules("newer"))
            reload("newer")
            return try await group.reduce(into: [RulesReload]()) { $0.append($1) }
        }
        #expect(results.map(\.loaded) == [true, true], "\(results)")
        #expect(order.withLockedValue(\.self) == ["older", "newer"])
        #expect(snapshot.value.rules.name == "newer")
    }

    @Test(arguments: ["rules_version: 1\nnonsense: true\n", "", "\u{0}", "name: ["])
    func aBadFileKeepsTheRulesInForce(text: String) async throws {
        let before = snapshot.value.rules.digest
        try directory.write("rules.yaml", text)
        let refused = await reload()
        #expect(!refused.loaded && refused.rulesDigest == before && !refused.problems.isEmpty)
        #expect(snapshot.value.rules.digest == before)
        try directory.write("rules.yaml", Self.rules("better"))
        #expect(await reload().loaded)
        #expect(snapshot.value.rules.name == "better")
    }

    @Test func aMissingFileKeepsTheRulesInForce() async throws {
        let before = snapshot.value.rules.digest
        try FileManager.default.removeItem(atPath: file.path)
        let refused = await reload()
        #expect(!refused.loaded && refused.rulesDigest == before)
        #expect(refused.problems.contains { $0.contains(file.path) })
        #expect(snapshot.value.rules.digest == before)
    }
}

/// Tells when somebody opens a file (inotify(7)).
private final class OpenWatch: Sendable {
    private let descriptor: Int32

    init(_ path: String) throws {
        descriptor = inotify_init1(Int32(IN_CLOEXEC))
        try #require(descriptor >= 0 && inotify_add_watch(descriptor, path, UInt32(IN_OPEN)) >= 0)
    }

    deinit { close(descriptor) }

    func wait() async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { [descriptor] in
                var event = [UInt8](repeating: 0, count: 512)
                _ = read(descriptor, &event, event.count)
                continuation.resume()
            }
        }
    }
}
