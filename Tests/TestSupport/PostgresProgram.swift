// Where the programs of PostgreSQL are, and as whom they run.

import Foundation
import Glibc

/// The newest PostgreSQL server that Debian's packages have installed.
struct PostgresProgram: Sendable {
    private let folder: String
    /// The user and group that the server runs as, where that is not the user of the tests.
    private let owner: (user: uid_t, group: gid_t)?

    static func find() throws -> PostgresProgram {
        let root = "/usr/lib/postgresql"
        let versions = ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []).compactMap { Int($0) }
        let folder = versions.sorted().reversed().map { "\(root)/\($0)/bin" }
            .first { FileManager.default.isExecutableFile(atPath: $0 + "/initdb") }
        guard let folder else { throw PostgresServerError("no PostgreSQL server in \(root): run scripts/setup.sh") }
        guard geteuid() == 0 else { return PostgresProgram(folder: folder, owner: nil) }
        guard let entry = getpwnam("postgres") else {
            throw PostgresServerError("PostgreSQL refuses root, and there is no user postgres: run scripts/setup.sh")
        }
        return PostgresProgram(folder: folder, owner: (entry.pointee.pw_uid, entry.pointee.pw_gid))
    }

    func path(_ name: String) -> String { "\(folder)/\(name)" }

    /// The words that start a program as the server's user, so that it dies with the thread that starts it.
    func command(_ name: String, _ arguments: [String]) -> [String] {
        var words = ["setpriv", "--pdeathsig", "QUIT"]
        if let owner { words += ["--reuid", "\(owner.user)", "--regid", "\(owner.group)", "--clear-groups"] }
        return words + [path(name)] + arguments
    }

    /// Runs a program as the server's user to its end.
    func run(_ name: String, _ arguments: [String]) throws {
        let log = FileManager.default.temporaryDirectory.appendingPathComponent("\(name)-\(UUID().uuidString)")
        try Data().write(to: log)
        defer { try? FileManager.default.removeItem(at: log) }
        let output = try FileHandle(forWritingTo: log)
        let input = try FileHandle(forReadingFrom: URL(fileURLWithPath: "/dev/null"))
        let child = try ChildProcess(
            command(name, arguments), input: input.fileDescriptor, output: output.fileDescriptor,
            errors: output.fileDescriptor)
        guard child.wait() == 0 else {
            throw PostgresServerError("\(name): \((try? String(contentsOf: log, encoding: .utf8)) ?? "no output")")
        }
    }

    /// Makes the server's user the owner of a file or directory.
    func give(_ path: String) -> Bool {
        guard let owner else { return true }
        return chown(path, owner.user, owner.group) == 0
    }
}
