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
    timeout: Int = 60
) async throws -> ProcessResult {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global().async {
            continuation.resume(
                with: Result {
                    try runBlocking(program, arguments, stdin, environment, timeout)
                })
        }
    }
}

private func runBlocking(
    _ program: String, _ arguments: [String], _ stdin: Data, _ environment: [String: String], _ timeout: Int
) throws -> ProcessResult {
    let scratch = try TemporaryDirectory()
    let (input, output, errors) = (scratch.file("stdin"), scratch.file("stdout"), scratch.file("stderr"))
    try stdin.write(to: input)
    try Data().write(to: output)
    try Data().write(to: errors)
    let handles = (
        try FileHandle(forReadingFrom: input), try FileHandle(forWritingTo: output),
        try FileHandle(forWritingTo: errors)
    )
    let child = try ChildProcess(
        ["timeout", "-k", "2", String(timeout), program] + arguments, environment: environment,
        input: handles.0.fileDescriptor, output: handles.1.fileDescriptor,
        errors: handles.2.fileDescriptor)
    let status = child.wait()
    return ProcessResult(
        status: status, output: try Data(contentsOf: output), errors: try Data(contentsOf: errors))
}
