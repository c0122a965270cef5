// Asks the running server over its control socket.

import HTTPSTransport
import NIOCore
import NIOPosix

/// One request at a time to the socket that a configuration names.
struct ControlClient {
    private let socket: String
    private let client: HTTPSClient

    init(_ configuration: ServerConfiguration) {
        socket = configuration.controlSocket
        client = HTTPSClient.unixSocket(
            socket, group: MultiThreadedEventLoopGroup.singleton,
            options: HTTPClientOptions(maximumResponseBody: 64 << 20))
    }

    func send(
        _ method: String, _ target: String, body: [UInt8] = []
    ) async throws(ServerError) -> HTTPClientResponse {
        do throws(TransportError) {
            return try await client.execute(
                HTTPClientRequest(
                    host: "localhost", port: 0, method: method, target: target, body: ByteBuffer(bytes: body)),
                deadline: .seconds(30))
        } catch {
            throw ServerError(
                .serverNotRunning,
                "No server answers on \(socket): start it, or run this as its user (\(error.message))")
        }
    }
}
