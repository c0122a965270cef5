// Which files a private key is read from.

import Foundation
import SystemCrypto
import TestSupport
import Testing

@testable import callback_server

@Suite struct KeyFilesTests {
    private let directory: TemporaryDirectory
    private let pem: String

    init() throws {
        directory = try TemporaryDirectory()
        pem = try Ed25519PrivateKey.generate().privatePEM
    }

    private func link(to path: String) throws -> String {
        let link = directory.file("link.pem").path
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
        return link
    }

    /// As container platforms mount secrets: the link itself has every mode bit.
    @Test func aLinkToAPrivateFileIsFollowed() throws {
        let link = try link(to: directory.write("key.pem", pem))
        #expect(throws: Never.self) { try KeyFiles.ledgerKey(link) }
    }

    @Test(arguments: [0o640, 0o620, 0o610, 0o604, 0o602, 0o601, 0o644, 0o660, 0o777])
    func aFileThatOthersCanOpenIsRefusedAlsoThroughALink(mode: Int) throws {
        let path = try directory.write("key.pem", pem, mode: mode)
        for name in [path, try link(to: path)] {
            let error = #expect(throws: ServerError.self) { try KeyFiles.ledgerKey(name) }
            #expect(error?.code == .keyUnusable)
            #expect(error?.message.contains("mode \(String(mode, radix: 8))") == true)
            #expect(error?.message.contains("chmod 600 \(name)") == true)
        }
    }

    @Test(arguments: [0o600, 0o400, 0o700])
    func aFileOfTheServersUserAloneIsRead(mode: Int) throws {
        let path = try directory.write("key.pem", pem, mode: mode)
        #expect(throws: Never.self) { try KeyFiles.ledgerKey(path) }
    }

    @Test func aDanglingLinkADirectoryAndAMissingFileAreUnreadable() throws {
        let missing = directory.file("missing.pem").path
        for path in [missing, try link(to: missing), directory.url.path] {
            let error = #expect(throws: ServerError.self) { try KeyFiles.ledgerKey(path) }
            #expect(error?.code == .fileUnreadable)
            #expect(error?.message.contains(path) == true)
        }
    }
}
