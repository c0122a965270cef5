// The executables under test, as built beside this test bundle.

import Foundation
import TestSupport

enum Executable: String {
    case callbackServer = "callback-server"
    case cosigner

    var path: String {
        URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appendingPathComponent(rawValue).path
    }

    /// Runs the program to its end.
    func callAsFunction(
        _ arguments: String..., stdin: String = "", environment: [String: String] = [:]
    ) async throws -> ProcessResult {
        try await run(path, arguments, stdin: Data(stdin.utf8), environment: environment, timeout: 120)
    }
}

/// A file of this target's resources.
func resource(_ name: String) throws -> URL {
    let url = Bundle.module.bundleURL.appendingPathComponent("Resources").appendingPathComponent(name)
    guard FileManager.default.fileExists(atPath: url.path) else { throw CocoaError(.fileNoSuchFile) }
    return url
}
