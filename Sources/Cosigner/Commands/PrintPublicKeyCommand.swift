// cosigner print-public-key

import ArgumentParser
import CallbackProtocol
import SystemCrypto

struct PrintPublicKeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "print-public-key",
        abstract: "Print the key that verifies this co-signer's requests, for the callback handler.",
        discussion: "One key for all API users of this co-signer, as a PEM SubjectPublicKeyInfo.")

    @OptionGroup var home: HomeOption

    @Flag(help: "A JSON object with the key and its fingerprint.")
    var json = false

    func run() throws {
        _ = try home.directory.load()
        let key = try home.directory.privateKey().publicKey
        guard json else { return print(key.pem, terminator: "") }
        printJSON(
            .object(
                JSONObject([
                    .init("publicKey", .string(key.pem)), .init("fingerprint", .string(key.fingerprintLabel)),
                ])))
    }
}
