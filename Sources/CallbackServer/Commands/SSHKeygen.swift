// Has ssh-keygen sign: the key stays where it is.

import Foundation

/// `ssh-keygen -Y sign`. It asks for passphrase or touch itself, on the terminal.
struct SSHKeygen {
    /// A private key file, or the public half of a key in the agent.
    let key: String
    let namespace: String

    /// - Parameter what: what messages call the bytes.
    /// - Returns: the armored signature.
    func sign(_ bytes: [UInt8], _ what: String) throws -> [UInt8] {
        let child = Process()
        let (input, output) = (Pipe(), Pipe())
        child.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        child.arguments = ["ssh-keygen", "-q", "-Y", "sign", "-f", key, "-n", namespace]
        child.standardInput = input
        child.standardOutput = output
        do {
            try child.run()
            try input.fileHandleForWriting.write(contentsOf: Data(bytes))
            try input.fileHandleForWriting.close()
        } catch {
            throw ServerError(.workFailed, "ssh-keygen cannot be run: install the OpenSSH client")
        }
        let signature = try output.fileHandleForReading.readToEnd() ?? Data()
        child.waitUntilExit()
        guard child.terminationStatus == 0, !signature.isEmpty else {
            throw ServerError(.workFailed, "ssh-keygen did not sign \(what); its message stands above")
        }
        return Array(signature)
    }
}
