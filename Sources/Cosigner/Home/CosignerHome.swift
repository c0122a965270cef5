// The directory in which a co-signer keeps its state.

import ArgumentParser
import CosignerCallbackClient
import Foundation
import SystemCrypto

/// `--home`, an option of every verb.
struct HomeOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The co-signer's directory. Default: the environment variable COSIGNER_HOME, else ./fireblocks.",
            valueName: "DIR"))
    var home: String?

    var directory: CosignerHome {
        CosignerHome(path: home ?? ProcessInfo.processInfo.environment["COSIGNER_HOME"] ?? "./fireblocks")
    }
}

/// The state of one co-signer: `cosigner.json` (users and their callback handlers) and `cosigner-private.pem` (0600).
struct CosignerHome {
    let path: String

    private var stateFile: URL { URL(fileURLWithPath: path).appendingPathComponent("cosigner.json") }
    private var keyFile: URL { URL(fileURLWithPath: path).appendingPathComponent("cosigner-private.pem") }

    /// Makes the directory with a fresh key and its first user.
    func create(_ user: APIUser) throws(CosignerError) -> RSAPrivateKey {
        for file in [stateFile, keyFile] where FileManager.default.fileExists(atPath: file.path) {
            throw CosignerError(
                .homeExists, "\(file.path) exists: this co-signer is set up; use another --home for a second one")
        }
        do {
            let key = try RSAPrivateKey.generate(bits: 2048)
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            try PrivateFile.write(Data(key.privatePEM.utf8), to: keyFile)
            try save(CosignerState(version: 1, users: [user]))
            return key
        } catch let error as CosignerError {
            throw error
        } catch {
            throw CosignerError(.fileUnwritable, "\(path) cannot be made: \(error.localizedDescription)")
        }
    }

    func load() throws(CosignerError) -> CosignerState {
        guard let data = try? Data(contentsOf: stateFile) else {
            throw CosignerError(
                .homeMissing,
                "No co-signer at \(path): name its directory with --home, or run `cosigner setup --standalone`")
        }
        guard let state = try? JSONDecoder().decode(CosignerState.self, from: data), state.version == 1 else {
            throw CosignerError(
                .homeDamaged, "\(stateFile.path) is not a state file of this program; restore it from a backup")
        }
        return state
    }

    func save(_ state: CosignerState) throws(CosignerError) {
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            try PrivateFile.write(try encoder.encode(state), to: stateFile)
        } catch {
            throw CosignerError(.fileUnwritable, "\(stateFile.path) cannot be written: \(error.localizedDescription)")
        }
    }

    func privateKey() throws(CosignerError) -> RSAPrivateKey {
        guard let pem = try? Data(contentsOf: keyFile) else {
            throw CosignerError(.homeDamaged, "The co-signer's key \(keyFile.path) cannot be read")
        }
        do {
            return try RSAPrivateKey(pem: Array(pem))
        } catch {
            throw CosignerError(.homeDamaged, "The co-signer's key \(keyFile.path) cannot be used: \(error.message)")
        }
    }
}

/// What `cosigner.json` holds.
struct CosignerState: Codable {
    var version: Int
    var users: [APIUser]

    /// The user of this id, or the only one where none is named.
    func index(of userId: String?) throws(CosignerError) -> Int {
        if let userId {
            guard let index = users.firstIndex(where: { $0.id == userId }) else {
                throw CosignerError(.userUnknown, "No API user \(userId) here; `cosigner list-users` shows them")
            }
            return index
        }
        guard users.count == 1 else {
            throw CosignerError(
                .userUnknown, "This co-signer has \(users.count) API users; name one of `cosigner list-users`")
        }
        return 0
    }
}

/// One API user of this co-signer.
struct APIUser: Codable {
    var id: String
    var workspace: String
    var callback: CallbackHandlerSettings?
}

/// Files that only their owner may read, replaced as a whole or not at all.
enum PrivateFile {
    static func write(_ data: Data, to file: URL) throws {
        let temporary = file.appendingPathExtension("new")
        try? FileManager.default.removeItem(at: temporary)
        let descriptor = open(temporary.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw CocoaError(.fileWriteNoPermission, userInfo: [NSFilePathErrorKey: file.path])
        }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try handle.write(contentsOf: data)
        try handle.synchronize()
        try handle.close()
        guard rename(temporary.path, file.path) == 0 else {
            throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: file.path])
        }
    }
}
