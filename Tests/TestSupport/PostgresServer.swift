// A private PostgreSQL server for tests: its own data, its own port, gone when the tests end.

import Foundation
import Glibc
import Synchronization
package import SystemCrypto

/// A server in a directory of its own, on 127.0.0.1 and on a Unix socket, with `fsync=on` and TLS.
///
/// initdb and postgres refuse root, so under root they run as the user `postgres` of Debian's package. The superuser
/// `admin` needs no password on the socket; everybody needs one over TCP. The process ends with the test process: it is
/// told to by the kernel (PR_SET_PDEATHSIG), and by `stop` in `deinit` and at exit.
package final class PostgresServer: Sendable {
    /// One server for all tests of a process that do not disturb it. It starts at first use.
    package static func shared() throws -> PostgresServer { try sharedServer.get() }
    private static let sharedServer = Result { try PostgresServer() }

    /// The directory of the Unix socket and of everything else.
    package let directory: String
    package let port: Int
    /// Signed the server's certificate for `localhost` and 127.0.0.1.
    package let authority: DevelopmentCertificateAuthority
    package var authorityFile: String { directory + "/ca.pem" }

    private let program: PostgresProgram
    private let running = Mutex<PostgresProcess?>(nil)

    /// Makes the data directory and starts the server.
    package init() throws {
        program = try PostgresProgram.find()
        var template = Array("/tmp/cspg-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw PostgresServerError("mkdtemp failed: \(errno)") }
        directory = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        port = try freePort()
        authority = try DevelopmentCertificateAuthority()
        removeAtExit(directory)
        try writeFiles()
        try program.run("initdb", initdbArguments)
        try configure()
        try start()
    }

    deinit {
        stop()
        try? FileManager.default.removeItem(atPath: directory)
    }

    /// Starts the server again on the same data and port, and returns when it accepts connections.
    package func start() throws {
        try running.withLock { process in
            guard process == nil else { return }
            process = try PostgresProcess(program.command("postgres", ["-D", data]))
        }
    }

    /// Ends the server at once, without a checkpoint (pg_ctl's immediate mode).
    package func stop() { end(SIGQUIT) }

    /// Ends the server without warning, as a crash of the machine would.
    package func kill() {
        // The processes of the sessions notice the end of the postmaster a little later and must not be left to answer.
        let sessions = (try? processGroup()) ?? []
        end(SIGKILL, also: sessions)
    }

    private func end(_ signal: Int32, also sessions: [Int32] = []) {
        running.withLock { process in
            process?.end(signal, also: sessions)
            process = nil
        }
    }

    /// Runs SQL as the superuser through psql, and returns what it prints: rows by lines, columns by `|`.
    @discardableResult
    package func psql(_ sql: String, database: String = "postgres") async throws -> String {
        let result = try await TestSupport.run(
            program.path("psql"),
            [
                "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", directory, "-p", "\(port)", "-U", "admin",
                database,
            ],
            stdin: Data(sql.utf8))
        guard result.status == 0 else { throw PostgresServerError("psql: \(result.errorText)") }
        return result.text.trimmingCharacters(in: .newlines)
    }

    /// A fresh, empty database in UTF-8, and its name.
    package func newDatabase() async throws -> String {
        let name = "t" + UUID().uuidString.filter { $0 != "-" }.lowercased()
        try await psql("CREATE DATABASE \(name)")
        return name
    }

    /// The URL of a database over the socket, where nobody needs a password.
    package func url(_ database: String, user: String = "admin") -> String {
        "postgresql://\(user)@/\(database)?host=\(directory)&port=\(port)"
    }

    /// The URL of a database over TCP, through another port where one is given, with more parameters.
    package func networkURL(
        _ database: String, user: String, host: String = "127.0.0.1", port: Int? = nil, _ parameters: String = ""
    ) -> String {
        "postgresql://\(user)@\(host):\(port ?? self.port)/\(database)\(parameters.isEmpty ? "" : "?" + parameters)"
    }

    private var data: String { directory + "/data" }

    private var initdbArguments: [String] {
        [
            "-D", data, "--username=admin", "--encoding=UTF8", "--locale=C", "--auth-local=trust",
            "--auth-host=scram-sha-256", "--no-sync",
        ]
    }

    private func writeFiles() throws {
        let identity = try authority.issue()
        try Data(authority.certificatePEM.utf8).write(to: URL(fileURLWithPath: authorityFile))
        try Data(identity.certificatePEM.utf8).write(to: URL(fileURLWithPath: directory + "/server.pem"))
        let key = directory + "/server.key"
        try Data(identity.privateKeyPEM.utf8).write(to: URL(fileURLWithPath: key))
        for (path, mode) in [(directory, mode_t(0o755)), (key, 0o600)] {
            guard chmod(path, mode) == 0, program.give(path) else {
                throw PostgresServerError("\(path) cannot be given to the server's user")
            }
        }
    }

    private func configure() throws {
        let settings = """

            listen_addresses = '127.0.0.1'
            port = \(port)
            unix_socket_directories = '\(directory)'
            ssl = on
            ssl_cert_file = '\(directory)/server.pem'
            ssl_key_file = '\(directory)/server.key'
            fsync = on
            max_connections = 200
            shared_buffers = 16MB
            log_min_messages = warning
            """
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: data + "/postgresql.conf"))
        defer { try? file.close() }
        try file.seekToEnd()
        try file.write(contentsOf: Data(settings.utf8))
    }

    /// The postmaster's children.
    private func processGroup() throws -> [Int32] {
        guard let parent = running.withLock({ $0?.identifier }) else { return [] }
        let text = try String(contentsOfFile: "/proc/\(parent)/task/\(parent)/children", encoding: .ascii)
        return text.split(separator: " ").compactMap { Int32($0) }
    }
}

/// Why the server could not be used; the test stops with it.
package struct PostgresServerError: Error, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}

/// A port of 127.0.0.1 that nobody listens on at this moment.
private func freePort() throws -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    return try loopback(descriptor, 0, bind)
}

private let leftovers = Mutex<[String]>([])

/// Static servers have no deinit that runs: their directories go when the process exits.
private func removeAtExit(_ directory: String) {
    let isFirst = leftovers.withLock { list in
        list.append(directory)
        return list.count == 1
    }
    guard isFirst else { return }
    atexit {
        PostgresProcess.endAll()
        for directory in leftovers.withLock({ $0 }) { try? FileManager.default.removeItem(atPath: directory) }
    }
}
