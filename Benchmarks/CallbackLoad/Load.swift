// `callback-load http1` and `http2`: the same run over the two protocols.

import ArgumentParser
import Glibc

struct LoadOptions: ParsableArguments {
    @Option(help: "The server, as IPV4:PORT.") var address: String
    @Option(help: "The only trusted CA (PEM).") var ca: String
    @Option(help: "The path that is posted to.") var path = "/v2/tx_sign_request"
    @Option(help: "The token file.") var tokens: String
    @Option(help: "The first token to send, counted from 0.") var first = 0
    @Option(help: "How many tokens to send, each once.") var count: Int
    @Option(help: "Keep-alive connections.") var connections = 32
    @Option(help: "Requests per second on a schedule (open loop); without it as fast as answers come.") var rate:
        Double?
    @Option(help: "Where the answers are written, a line for each token in order.") var answers: String

    func validate() throws {
        guard count > 0, first >= 0, connections > 0, rate.map({ $0 > 0 }) ?? true else {
            throw ValidationError("--count, --connections and --rate must be positive")
        }
        guard host != nil else { throw ValidationError("--address must be IPV4:PORT, for example 127.0.0.1:8443") }
    }

    private var host: (name: String, port: UInt16)? {
        let parts = address.split(separator: ":")
        guard parts.count == 2, let port = UInt16(parts[1]) else { return nil }
        return (String(parts[0]), port)
    }

    /// Connects, sends, writes the answers, prints the result; exit 1 where a request got no 200.
    func run(
        applicationProtocol: String, concurrency: Int, exchange: () throws(LoadError) -> any HTTPExchange
    ) throws {
        guard let host else { return }
        signal(SIGPIPE, SIG_IGN)
        let file = try TokenFile(path: tokens, first: first, count: count)
        let context = try TLSContext(certificateAuthority: ca, applicationProtocol: applicationProtocol)
        let all = try (0..<connections).map { _ in
            try LoadConnection(
                socket: TLSConnection(context: context, host: host.name, port: host.port), exchange: exchange())
        }
        let run = LoadRun(tokens: file, connections: all, concurrency: concurrency, rate: rate)
        let result = try run.run()
        try Answer.write(run.answers, to: answers)
        print(result.json)
        if result.errors > 0 { throw ExitCode(1) }
    }
}

struct HTTP1: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "http1", abstract: "Send tokens over HTTP/1.1 with keep-alive.")

    @OptionGroup var options: LoadOptions

    func run() throws {
        try options.run(applicationProtocol: "http/1.1", concurrency: 1) {
            HTTP1Exchange(authority: options.address, path: options.path)
        }
    }
}

struct HTTP2: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "http2", abstract: "Send tokens over HTTP/2.")

    @OptionGroup var options: LoadOptions
    @Option(help: "Streams that are open at once on a connection.") var streamsPerConnection = 1

    func validate() throws {
        guard streamsPerConnection > 0 else { throw ValidationError("--streams-per-connection must be positive") }
    }

    func run() throws {
        try options.run(applicationProtocol: "h2", concurrency: streamsPerConnection) { () throws(LoadError) in
            try HTTP2Exchange(authority: options.address, path: options.path)
        }
    }
}
