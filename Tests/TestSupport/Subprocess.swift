// Runs other people's programs in tests: openssl, curl, python.

package import Foundation

/// What a finished program left behind.
package struct ProcessResult: Sendable {
    package let status: Int32
    package let output: Data
    package let errors: Data

    package var text: String { String(decoding: output, as: UTF8.self) }
    package var errorText: String { String(decoding: errors, as: UTF8.self) }
}

/// Runs a program found on PATH to its end, off the cooperative thread pool, and collects what it prints.
/// A program that outlives `timeout` seconds is killed, and its status is then not 0.
package func run(
    _ program: String, _ arguments: [String], stdin: Data = Data(), environment: [String: String] = [:],
    directory: URL? = nil, timeout: Int = 60
) async throws -> ProcessResult {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global().async {
            continuation.resume(
                with: Result {
                    try runBlocking(program, arguments, stdin, environment, directory, timeout)
                })
        }
    }
}

private func runBlocking(
    _ program: String, _ arguments: [String], _ stdin: Data, _ environment: [String: String], _ directory: URL?,
    _ timeout: Int
) throws -> ProcessResult {
    let scratch = try TemporaryDirectory()
    let (input, output, errors) = (scratch.file("stdin"), scratch.file("stdout"), scratch.file("stderr"))
    try stdin.write(to: input)
    try Data().write(to: output)
    try Data().write(to: errors)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["timeout", "-k", "2", String(timeout), program] + arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    if let directory { process.currentDirectoryURL = directory }
    process.standardInput = try FileHandle(forReadingFrom: input)
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    process.waitUntilExit()
    return ProcessResult(
        status: process.terminationStatus, output: try Data(contentsOf: output), errors: try Data(contentsOf: errors))
}
