// `callback-load verify`: every answer of a run, checked after it. Exit 1 unless all are as expected.

import ArgumentParser
import Foundation
import SystemCrypto

struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check signature, requestId and action of every answer; exit 1 unless all are as expected.")

    @Option(help: "The answer file of the run.") var answers: String
    @Option(help: "The server's public key (PEM).") var publicKey: String
    @Option(help: "The action that every answer must have.") var expect = "APPROVE"
    @Option(help: "The token file of the run.") var tokens: String
    @Option(help: "The run's first token, counted from 0.") var first = 0
    @Option(help: "How many tokens the run sent.") var count: Int
    @Flag(help: "The answers may stand in any order: each requestId must be answered exactly once.")
    var unordered = false

    func run() throws {
        let sent = try requestIds()
        let key = try RSAPublicKey(pem: MappedFile.contents(of: publicKey))
        let file = try MappedFile(path: answers)
        var tally = Tally()
        var open = Set(sent)
        guard open.count == sent.count else { throw LoadError(.file, "\(tokens) holds a requestId twice") }
        for (index, line) in file.lines().enumerated() {
            tally.answers += 1
            guard let answer = Answer(line: file[line]), answer.status == 200 else {
                tally.complain(about: \.status, "answer \(index): \(text(file[line]))")
                continue
            }
            guard let token = AnswerToken.verified(answer.body, key: key) else {
                tally.complain(about: \.signature, "answer \(index) is not a token of the server")
                continue
            }
            let wanted = index < sent.count ? sent[index] : ""
            guard open.remove(token.requestId) != nil, unordered || token.requestId == wanted else {
                tally.complain(about: \.requestId, "answer \(index): requestId \(token.requestId), sent \(wanted)")
                continue
            }
            guard token.action == expect else {
                tally.complain(about: \.action, "answer \(index): \(token.action) instead of \(expect)")
                continue
            }
            tally.verified += 1
        }
        tally.unanswered = open.count
        print(tally.json)
        if tally.verified != count || tally.answers != count || !open.isEmpty { throw ExitCode(1) }
    }

    private func requestIds() throws -> [String] {
        let file = try TokenFile(path: tokens, first: first, count: count)
        return try (0..<file.count).map { try AnswerToken.sentRequestId(file[$0]) }
    }

    private func text(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.prefix(120), as: UTF8.self)
    }
}

/// Counts of what was found; the first few complaints go to standard error.
private struct Tally {
    var answers = 0
    var verified = 0
    var status = 0
    var signature = 0
    var requestId = 0
    var action = 0
    var unanswered = 0
    private var complaints = 0

    mutating func complain(about kind: WritableKeyPath<Tally, Int>, _ message: @autoclosure () -> String) {
        self[keyPath: kind] += 1
        complaints += 1
        if complaints <= 5 { FileHandle.standardError.write(Data("verify: \(message())\n".utf8)) }
    }

    var json: String {
        "{\"answers\":\(answers),\"verified\":\(verified),\"status\":\(status),\"signature\":\(signature),"
            + "\"request_id\":\(requestId),\"action\":\(action),\"unanswered\":\(unanswered)}"
    }
}
