// Waiting for the socket, so that no server and no network can hold a thread for longer than agreed.

import CPostgreSQL
import Glibc
import Synchronization

extension LibpqSession {
    /// Waits until the socket is ready for one of `events`; false when the time is over.
    func wait(_ socket: Int32, _ events: Int32, _ deadline: Deadline) throws(PostgresError) -> Bool {
        guard socket >= 0 else { throw lost("before anything could be sent") }
        while true {
            let remaining = deadline.remaining
            guard remaining > 0 else { return false }
            var ready = pollfd(fd: socket, events: Int16(events), revents: 0)
            let count = poll(&ready, 1, Int32(clamping: min(remaining, 100)))
            if count > 0 { return true }
            if count < 0, errno != EINTR { throw lost("while waiting for its socket") }
            if abandoned.load(ordering: .relaxed) { throw lost("because it was abandoned") }
        }
    }

    /// Sends what is queued, and reads what comes meanwhile, so that neither side waits for the other.
    func flush(_ deadline: Deadline) throws(PostgresError) {
        while true {
            let connection = try live()
            let state = PQflush(connection)
            if state == 0 { return }
            guard state == 1 else { throw lost("while sending") }
            guard try wait(PQsocket(connection), POLLIN | POLLOUT, deadline) else { throw silent(deadline) }
            guard PQconsumeInput(connection) == 1 else { throw lost("while sending") }
        }
    }

    /// The next result of the pipeline, or nil where one statement's results end. The caller clears it.
    func nextResult(_ deadline: Deadline) throws(PostgresError) -> OpaquePointer? {
        let connection = try live()
        while PQisBusy(connection) == 1 {
            guard try wait(PQsocket(connection), POLLIN, deadline) else { throw silent(deadline) }
            guard PQconsumeInput(connection) == 1 else { throw lost("while waiting for an answer") }
        }
        return PQgetResult(connection)
    }

    /// Whether the server has ended the connection without being asked anything.
    func isAlive() -> Bool {
        guard let connection, !abandoned.load(ordering: .relaxed) else { return false }
        // A last message and the end of the stream behind it take one read each.
        var ready = pollfd(fd: PQsocket(connection), events: Int16(POLLIN), revents: 0)
        while poll(&ready, 1, 0) > 0 {
            guard PQconsumeInput(connection) == 1, PQstatus(connection) == CONNECTION_OK else {
                _ = lost("while it was idle")
                return false
            }
        }
        return PQstatus(connection) == CONNECTION_OK
    }

    private func silent(_ deadline: Deadline) -> PostgresError {
        lost("because PostgreSQL did not answer within \(deadline.milliseconds) ms")
    }
}
