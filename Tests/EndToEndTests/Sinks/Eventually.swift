// Waiting for something that another thread or process does: by looking, within a bound.

import NIOCore
import NIOPosix

/// Returns when `condition` holds. Fails after a bounded number of looks, which is far more than any machine needs.
func eventually(_ what: String, _ condition: () throws -> Bool) async throws {
    let loop = MultiThreadedEventLoopGroup.singleton.any()
    for _ in 0..<3_000 {
        if try condition() { return }
        try await loop.scheduleTask(in: .milliseconds(20)) {}.futureResult.get()
    }
    throw TestServer.Failure("not in time: \(what)")
}
