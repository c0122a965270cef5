// Reads the key files that the configuration names, and explains what is wrong with one.

import CallbackProtocol
import Foundation
import SystemCrypto

/// Loads keys for the server. Private keys must not be readable by other users.
enum KeyFiles {
    static func responseSigner(_ path: String) throws(ServerError) -> ResponseSigner {
        let pem = try privateBytes(path)
        do {
            return try ResponseSigner(key: RSAPrivateKey(pem: pem))
        } catch {
            throw ServerError(.keyUnusable, "The response key \(path) cannot be used: \(explanation(error))")
        }
    }

    static func trustedCosigner(_ cosigner: ServerConfiguration.Cosigner) throws(ServerError) -> TrustedCosigner {
        do {
            return TrustedCosigner(name: cosigner.name, key: try RSAPublicKey(pem: try bytes(cosigner.publicKey)))
        } catch let error as ServerError {
            throw error
        } catch {
            throw ServerError(
                .keyUnusable,
                "The public key \(cosigner.publicKey) of co-signer \(cosigner.name) cannot be used: \(explanation(error)); "
                    + "`cosigner print-public-key` prints the right one")
        }
    }

    static func ledgerKey(_ path: String) throws(ServerError) -> Ed25519PrivateKey {
        let pem = try privateBytes(path)
        do {
            return try Ed25519PrivateKey(pem: pem)
        } catch {
            throw ServerError(.keyUnusable, "The ledger's signing key \(path) cannot be used: \(explanation(error))")
        }
    }

    static func ledgerPublicKey(_ path: String) throws(ServerError) -> Ed25519PublicKey {
        do {
            return try Ed25519PublicKey(pem: try bytes(path))
        } catch let error as CryptoError {
            throw ServerError(.keyUnusable, "The ledger's public key \(path) cannot be used: \(explanation(error))")
        } catch {
            throw unreadable(path)
        }
    }

    static func bytes(_ path: String) throws(ServerError) -> [UInt8] {
        do {
            return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        } catch {
            throw unreadable(path)
        }
    }

    private static func privateBytes(_ path: String) throws(ServerError) -> [UInt8] {
        // Bytes and mode through one descriptor: they belong together, and links are followed for both.
        var status = stat()
        guard let file = FileHandle(forReadingAtPath: path), fstat(file.fileDescriptor, &status) == 0,
            let content = try? file.readToEnd()
        else {
            throw unreadable(path)
        }
        let bytes = Array(content)
        let mode = status.st_mode & 0o777
        guard mode & 0o077 == 0 else {
            throw ServerError(
                .keyUnusable,
                "The private key \(path) has mode \(String(mode, radix: 8)), so other users can read it; "
                    + "run: chmod 600 \(path)")
        }
        return bytes
    }

    private static func unreadable(_ path: String) -> ServerError {
        ServerError(.fileUnreadable, "The file \(path) cannot be read: it is missing, or this user may not read it")
    }

    private static func explanation(_ error: any Error) -> String {
        switch error {
        case let error as CryptoError: error.message
        case let error as ProtocolError: error.message
        default: "\(error)"
        }
    }
}
