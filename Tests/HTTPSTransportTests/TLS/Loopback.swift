// Real sockets on 127.0.0.1, and OpenSSL's own programs at the other end.

import Foundation
import HTTPSTransport
import NIOCore
import NIOPosix
import TestSupport

/// Serves on a free port of 127.0.0.1 while `body` runs; `configure` fills each accepted channel's pipeline.
func withLoopbackServer<Result>(
    _ configure: @escaping @Sendable (any Channel) throws -> Void, _ body: (Int) async throws -> Result
) async throws -> Result {
    let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        .childChannelInitializer { channel in channel.eventLoop.makeCompletedFuture { try configure(channel) } }
        .bind(host: "127.0.0.1", port: 0).get()
    do {
        let result = try await body(server.localAddress?.port ?? 0)
        try await server.close().get()
        return result
    } catch {
        try? await server.close().get()
        throw error
    }
}

/// Sends back what arrives.
final class Echo: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        context.writeAndFlush(data, promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}

/// A server program that runs while this value lives; killed with its children afterwards, at the latest by `timeout`.
final class ServerProgram {
    let port: Int
    private let process: ChildProcess

    /// Waits until the program has printed `marker`, the port, and a line's end.
    init(_ arguments: [String], marker: String) throws {
        let output = Pipe()
        let nothing = FileHandle.nullDevice.fileDescriptor
        process = try ChildProcess(
            ["timeout", "-s", "KILL", "120"] + arguments, input: nothing,
            output: output.fileHandleForWriting.fileDescriptor, errors: nothing)
        try output.fileHandleForWriting.close()
        var text = ""
        var found: Int?
        while found == nil, case let more = output.fileHandleForReading.availableData, !more.isEmpty {
            text += String(decoding: more, as: UTF8.self)
            let parts = text.components(separatedBy: marker)
            if parts.count > 1, let end = parts[1].firstIndex(of: "\n") { found = Int(parts[1][..<end]) }
        }
        port = found ?? 0
    }

    /// `openssl s_server -www` on a free port: a small HTTP server of another making.
    convenience init(opensslWith certificate: String, _ key: String, _ options: [String] = []) throws {
        try self.init(
            ["openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", certificate, "-key", key, "-www"] + options,
            marker: "ACCEPT 127.0.0.1:")
    }

    deinit {
        // `timeout` leads a process group of its own.
        kill(-process.identifier, SIGKILL)
        process.wait()
    }
}
