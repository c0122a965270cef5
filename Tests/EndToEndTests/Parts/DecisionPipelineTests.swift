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

    private static func body(_ number: Int) -> String {
        #"{"requestId":"r-\#(number)","operation":"TRANSFER","asset":"\#(asset(number))","#
            + #""amountStr":"1","destinations":[{"amountNativeStr":"1","dstType":"VAULT","dstId":"1"}]}"#
    }

    private func ask(_ numbers: Range<Int>, on loop: any EventLoop) async throws -> [String] {
        try await ask(numbers.map(Self.body), on: loop)
    }

    /// All of them in one turn of the event loop.
    private func ask(
        _ bodies: [String], mode: ServerConfiguration.Mode = .certificate, on loop: any EventLoop
    ) async throws -> [String] {
        let pipeline = pipeline
        let answers = try await loop.flatSubmit {
            let answers = bodies.map { body in
                let answered = loop.makePromise(of: HTTPResponse.self)
                let request = ArrivedRequest(
                    body: ByteBuffer(string: body), kind: .transaction, mode: mode, listener: "test", arrival: .now(),
                    promise: answered
                ) { .text(400, "refused: \($0.code.rawValue)") }
                pipeline.answer(request, on: loop)
                return answered.futureResult
            }
            return EventLoopFuture.whenAllSucceed(answers, on: loop)
        }.get()
        return answers.map { String(buffer: $0.body).trimmingCharacters(in: .newlines) }
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

    @Test func whatIsRefusedLeavesTheOthersOfItsTurnAsTheyAre() async throws {
        let bodies = (0..<40).map { number in
            number % 4 == 1 ? "[]" : number % 4 == 2 ? #"{"requestId":"r-\#(number)"}"# : Self.body(number)
        }
        let answers = try await ask(bodies, on: MultiThreadedEventLoopGroup.singleton.next())
        let malformed = "Malformed request: $: is no transaction request"
        #expect(
            answers
                == (0..<40).map { number in
                    switch number % 4 {
                    case 1: "refused: request_not_object"
                    case 2: #"{"action":"REJECT","requestId":"r-\#(number)","rejectionReason":"\#(malformed)"}"#
                    default: Self.expected(number)
                    }
                })
        #expect(
            try await ask(["a.b.c", ""], mode: .publicKey, on: MultiThreadedEventLoopGroup.singleton.next())
                == ["refused: jws_bad_base64", "refused: jws_not_compact"])
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
