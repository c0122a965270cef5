// `callback-load prepare`: signs the requests before the run, so that no signing of ours is measured.

import ArgumentParser
import Glibc
import SystemCrypto

struct Prepare: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Sign new requests, one token per line; each has a requestId and txId of its own.")

    @Option(help: "How many requests.") var count: Int
    @Option(help: "A transaction request as JSON.") var template: String
    @Option(help: "The co-signer's private key (PEM); made, with mode 0600, if absent.") var cosignerKey: String
    @Option(help: "Where its public half is written (PEM).") var cosignerPublicKey: String
    @Option(help: "The token file to write.") var out: String
    @Option(help: "How many signatures are made at once.") var threads = 2

    func validate() throws {
        guard count >= 0, threads > 0 else { throw ValidationError("--count and --threads must be positive") }
    }

    func run() async throws {
        let key = try Self.key(path: cosignerKey)
        let publicFile = try OutputFile(path: cosignerPublicKey)
        try publicFile.write(Array(key.publicKey.pem.utf8))
        try publicFile.finish()

        let template = try RequestTemplate(json: MappedFile.contents(of: template))
        let file = try OutputFile(path: out)
        let batch = 500
        var next = 0
        // Rounds of one batch for each thread: results stay in order and little of them is held at once.
        while next < count {
            var sizes: [Int] = []
            for _ in 0..<threads where next < count {
                sizes.append(min(batch, count - next))
                next += sizes[sizes.count - 1]
            }
            let texts = try await withThrowingTaskGroup(of: [UInt8].self) { group in
                for size in sizes {
                    group.addTask { try Self.tokens(size, template: template, key: key) }
                }
                return try await group.reduce(into: [[UInt8]]()) { $0.append($1) }
            }
            for text in texts { try file.write(text) }
        }
        try file.finish()
    }

    private static func key(path: String) throws -> RSAPrivateKey {
        if access(path, F_OK) == 0 { return try RSAPrivateKey(pem: MappedFile.contents(of: path)) }
        let key = try RSAPrivateKey.generate(bits: 2048)
        let file = try OutputFile(path: path, mode: 0o600, mustBeNew: true)
        try file.write(Array(key.privatePEM.utf8))
        try file.finish()
        return key
    }

    /// `count` compact JWS (RFC 7515 section 7.1), each ended by a newline. The header is the real co-signer's.
    private static func tokens(_ count: Int, template: RequestTemplate, key: RSAPrivateKey) throws -> [UInt8] {
        var text: [UInt8] = []
        for _ in 0..<count {
            let start = text.count
            text.append(contentsOf: "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.".utf8)
            Base64URL.encode(template.payload(identifier: try SecureRandom.uuid()), to: &text)
            let signature = try key.sign(text[start...])
            text.append(UInt8(ascii: "."))
            Base64URL.encode(signature, to: &text)
            text.append(UInt8(ascii: "\n"))
        }
        return text
    }
}
