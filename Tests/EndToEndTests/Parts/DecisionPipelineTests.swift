// Many decisions of one event loop at once: each is answered once, with its own answer.

import CallbackProtocol
import CallbackRules
import DecisionLedger
import Foundation
import HTTPSTransport
import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import SystemCrypto
import TestSupport
import Testing

@testable import callback_server

@Suite(.timeLimit(.minutes(1))) struct DecisionPipelineTests {
    private let directory: TemporaryDirectory
    private let ledger: DecisionLedger
    private let pipeline: DecisionPipeline

    init() throws {
        directory = try TemporaryDirectory()
        let rules = """
            rules_version: 1
            name: pay
            transactions: [{ id: pay, effect: approve, when: { asset: ETH } }]
            configuration_changes: []
            """
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ledger = try DecisionLedger.open(path: directory.file("ledger.sqlite").path)
        pipeline = DecisionPipeline(
            snapshot: CurrentSnapshot(
                ServerSnapshot(
                    authenticator: try RequestAuthenticator(cosigners: []),
                    responseKeys: ResponseKeys(
                        default: try ResponseSigner(key: RSAPrivateKey.generate(bits: 2048)), signers: [:]),
                    rules: try RulesFile(path: try directory.write("rules.yaml", rules)).snapshot())),
            ledger: ledger, deadline: .seconds(30), logger: logger, log: DecisionLog(logger: logger, writer: nil),
            shadow: ShadowRules(logger: logger), sinks: DecisionSinks([]))
    }

    private static func asset(_ number: Int) -> String { number % 3 == 0 ? "BTC" : "ETH" }

    private static func request(_ number: Int) throws -> AuthenticatedRequest {
        let text =
            #"{"requestId":"r-\#(number)","operation":"TRANSFER","asset":"\#(asset(number))","#
            + #""amountStr":"1","destinations":[{"amountNativeStr":"1","dstType":"VAULT","dstId":"1"}]}"#
        return try RequestAuthenticator.acceptUnauthenticated(
            json: Array(text.utf8), kind: .transaction, listener: "test")
    }

    private func ask(_ numbers: Range<Int>, on loop: any EventLoop) async throws -> [String] {
        let requests = try numbers.map(Self.request)
        let pipeline = pipeline
        let answers = try await loop.flatSubmit {
            EventLoopFuture.whenAllSucceed(
                requests.map { pipeline.answer($0, arrival: .now(), on: loop) }, on: loop)
        }.get()
        return answers.map { String(buffer: $0.body) }
    }

    private static func expected(_ number: Int) -> String {
        asset(number) == "ETH"
            ? #"{"action":"APPROVE","requestId":"r-\#(number)"}"#
            : #"{"action":"REJECT","requestId":"r-\#(number)","rejectionReason":"no rule approves this"}"#
    }

    /// Around the number of answers that are signed together, and far above it.
    @Test(arguments: [1, 3, 4, 5, 8, 9, 130])
    func eachRequestGetsItsOwnAnswer(count: Int) async throws {
        let answers = try await ask(0..<count, on: MultiThreadedEventLoopGroup.singleton.next())
        #expect(answers == (0..<count).map(Self.expected))
    }

    @Test func severalEventLoopsAreAnsweredAtOnce() async throws {
        let (group, width) = (MultiThreadedEventLoopGroup(numberOfThreads: 3), 40)
        let answers = try await withThrowingTaskGroup(of: (Int, [String]).self) { tasks in
            for start in 0..<6 {
                let loop = group.next()
                tasks.addTask {
                    (start, try await ask(start * width..<(start + 1) * width, on: loop))
                }
            }
            return try await tasks.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        #expect((0..<6).flatMap { answers[$0] ?? [] } == (0..<6 * width).map(Self.expected))
        try await group.shutdownGracefully()
    }

    @Test func aClosedLedgerIsAnsweredWithRetry() async throws {
        ledger.close()
        let answers = try await ask(0..<6, on: MultiThreadedEventLoopGroup.singleton.next())
        #expect(answers == (0..<6).map { #"{"action":"RETRY","requestId":"r-\#($0)"}"# })
    }
}
