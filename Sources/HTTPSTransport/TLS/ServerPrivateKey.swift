// The private key file of a server.

import COpenSSL
import SystemCrypto

/// Owns the `EVP_PKEY` of a key file for as long as loading takes; the SSL_CTX keeps a reference of its own.
final class ServerPrivateKey {
    let pointer: OpaquePointer
    let path: String

    init(file path: String) throws(TransportError) {
        let file = try OperatorFile(path: path, what: "The private key file", code: .keyFileUnreadable)
        guard file.mode & 0o077 == 0 else {
            throw TransportError(
                .keyFilePermissions,
                "The private key file \(path) has mode 0\(String(file.mode, radix: 8)): others than its owner can use "
                    + "it; run `chmod 600 \(path)`, and think of the key as seen if others had access")
        }
        let text = String(decoding: file.bytes, as: UTF8.self)
        if text.contains("BEGIN ENCRYPTED PRIVATE KEY") || text.contains("Proc-Type: 4,ENCRYPTED") {
            throw TransportError(
                .keyFileEncrypted,
                "The private key in \(path) is encrypted with a passphrase, which a server cannot type; decrypt it "
                    + "with `openssl pkey -in \(path) -out NEW` and keep the new file at mode 0600")
        }
        guard let pointer = MemoryBIO.read(file.bytes, { PEM_read_bio_PrivateKey($0, nil, noPassphrase, nil) }) else {
            let reason = OpenSSLErrorQueue.takeText()
            let found = text.contains("BEGIN CERTIFICATE") ? "it holds a certificate" : reason
            throw TransportError(
                .keyFileMalformed,
                "No private key could be read from \(path) (\(found)); it needs a PEM block PRIVATE KEY")
        }
        self.pointer = pointer
        self.path = path
    }

    deinit {
        EVP_PKEY_free(pointer)
    }
}

/// Answers the question for a passphrase with none, so that a server never waits at a terminal.
private func noPassphrase(
    _: UnsafeMutablePointer<CChar>?, _: Int32, _: Int32, _: UnsafeMutableRawPointer?
) -> Int32 {
    0
}
