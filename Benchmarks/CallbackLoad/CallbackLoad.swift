// callback-load: what the benchmark needs beside the server. Requests signed before the run, load over HTTP/1.1 and
// HTTP/2 from one thread, and a check of every answer after it. Benchmarks/README.md says how it is used.

import ArgumentParser

@main
struct CallbackLoad: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "callback-load",
        abstract: "Sign callback requests, send them at full or at a fixed rate, verify the answers.",
        subcommands: [Prepare.self, HTTP1.self, HTTP2.self, Verify.self])
}
