// cosigner callback-update

import ArgumentParser
import CosignerCallbackClient
import Foundation
import HTTPSTransport
import NIOCore
import NIOPosix
import SystemCrypto

extension SecurityOption: ExpressibleByArgument {}

struct CallbackUpdateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "callback-update",
        abstract: "Set an API user's callback handler: its URL, and how it is trusted.",
        discussion: """
            --url alone changes only the URL. What is needed and not given as an option is asked, with the documented prompts.

              --auth public-key              JWT; TLS by the system's authorities   --public-key FILE [--extra-ca FILE]
              --auth certificate             JSON; pinned public key                --certificate FILE|fetch
              --auth root-ca                 JSON; only this root                   --root-ca FILE
              --auth public-key+certificate  JWT; pinned public key                 --public-key FILE --certificate FILE|fetch
              --auth public-key+root-ca      JWT; only this root                    --public-key FILE --root-ca FILE
            """)

    @Argument(help: ArgumentHelp("The API user; may be left out where there is only one.", valueName: "USER_ID"))
    var user: String?

    @OptionGroup var home: HomeOption

    @Option(help: ArgumentHelp("The base URL; /v2/tx_sign_request and its siblings are appended.", valueName: "URL"))
    var url: String?

    @Option(help: ArgumentHelp("The security option.", valueName: "OPTION"))
    var auth: SecurityOption?

    @Option(help: ArgumentHelp("The key that verifies answers, PEM.", valueName: "FILE"))
    var publicKey: String?

    @Option(
        help: ArgumentHelp(
            "The certificate whose key is pinned, PEM, or `fetch` to read it from the URL.", valueName: "FILE"))
    var certificate: String?

    @Option(name: .customLong("root-ca"), help: ArgumentHelp("The only trusted root, PEM.", valueName: "FILE"))
    var rootCA: String?

    @Option(
        name: .customLong("extra-ca"),
        help: ArgumentHelp("An authority trusted beside the system's, PEM (with --auth public-key).", valueName: "FILE")
    )
    var extraCA: String?

    func run() async throws {
        let directory = home.directory
        var state = try directory.load()
        let index = try state.index(of: user)
        let before = state.users[index].callback
        guard let url = try wantedURL() else {
            state.users[index].callback = nil
            try directory.save(state)
            print(
                "API user \(state.users[index].id) has no callback handler now: requests would be approved without asking."
            )
            return
        }
        let settings = try await wantedSettings(url: url, before: before)
        let note = try accepted(settings, key: try directory.privateKey())
        state.users[index].callback = settings
        try directory.save(state)
        print("API user \(state.users[index].id) asks \(settings.url) with --auth \(settings.option.rawValue)\(note)")
    }

    private func wantedURL() throws(CosignerError) -> String? {
        let text: String
        if let url {
            text = url
        } else {
            guard auth == nil, publicKey == nil, certificate == nil, rootCA == nil, extraCA == nil else {
                throw CosignerError(
                    .optionMissing, "--url is missing: a new key or certificate is set together with the URL")
            }
            // The documented default is an empty answer: no callback handler.
            let answer = Prompt.line("Please enter callback URL (if using callback URL, else empty)")
            // The end of the input is no answer: a script without one must not switch the questions off.
            guard let answer else {
                throw CosignerError(
                    .optionMissing, "--url is missing, and the input ended before it was answered; nothing was changed")
            }
            if answer.isEmpty { return nil }
            text = answer
        }
        let parsed: HTTPURL
        do throws(TransportError) {
            parsed = try HTTPURL(text)
        } catch {
            throw CosignerError(.optionInvalid, error.message)
        }
        guard !parsed.path.hasSuffix("/v2/tx_sign_request"), !parsed.path.hasSuffix("/v2/config_change_sign_request")
        else {
            throw CosignerError(.optionInvalid, "--url is the base URL: leave out /v2/tx_sign_request, it is appended")
        }
        var trimmed = text
        while trimmed.hasSuffix("/") { trimmed.removeLast() }
        return trimmed
    }

    private func wantedSettings(
        url: String, before: CallbackHandlerSettings?
    ) async throws(CosignerError) -> CallbackHandlerSettings {
        let changesTrust = auth != nil || publicKey != nil || certificate != nil || rootCA != nil || extraCA != nil
        if var before, self.url != nil, !changesTrust {
            before.url = url
            return before
        }
        let option = try wantedOption()
        try refuseSurplus(option)
        var settings = CallbackHandlerSettings(url: url, option: option)
        if option.usesTokens {
            settings.publicKeyPEM = try pem(
                publicKey, option: "--public-key", question: "Please paste your callback public key")
        }
        if option.needsCertificate { settings.certificatePEM = try await wantedCertificate(url: url) }
        if option.needsRootCA {
            settings.rootCAPEM = try pem(rootCA, option: "--root-ca", question: "Please paste your Root-CA certificate")
        }
        if let extraCA { settings.extraCAPEM = try read(extraCA) }
        return settings
    }

    private func wantedOption() throws(CosignerError) -> SecurityOption {
        if let auth { return auth }
        let question =
            "Please select one of the callback authentication options: (1)-PUBLIC KEY (2)-certificate (3)-Root-CA "
            + "(4)-PUBLIC KEY and certificate (5)-PUBLIC KEY and Root-CA"
        let options: [String: SecurityOption] = [
            "1": .publicKey, "2": .certificate, "3": .rootCA, "4": .publicKeyAndCertificate, "5": .publicKeyAndRootCA,
        ]
        guard let answer = Prompt.line(question) else {
            throw CosignerError(.optionMissing, "--auth is missing, and the input ended before it was answered")
        }
        guard let option = options[answer] else {
            throw CosignerError(.optionInvalid, "--auth: the answer must be a number from 1 to 5")
        }
        return option
    }

    /// A file that the option does not use would give a false sense of what is checked.
    private func refuseSurplus(_ option: SecurityOption) throws(CosignerError) {
        let surplus = [
            ("--public-key", publicKey != nil && !option.usesTokens),
            ("--certificate", certificate != nil && !option.needsCertificate),
            ("--root-ca", rootCA != nil && !option.needsRootCA), ("--extra-ca", extraCA != nil && option != .publicKey),
        ]
        if let name = surplus.first(where: { $0.1 })?.0 {
            throw CosignerError(.optionInvalid, "\(name) has no meaning with --auth \(option.rawValue)")
        }
    }

    private func wantedCertificate(url: String) async throws(CosignerError) -> String {
        if let certificate { return certificate == "fetch" ? try await fetch(url) : try read(certificate) }
        let question = "Would you like to try to fetch the certificate for \(url) from the web server(y/n)?"
        if Prompt.line(question)?.lowercased() == "y" { return try await fetch(url) }
        let host = (try? HTTPURL(url))?.host ?? url
        return try pem(
            nil, option: "--certificate", question: "Need certificate for domain \(host), please paste your certificate"
        )
    }

    /// Reads the server's certificate from the server itself, and shows what was believed.
    private func fetch(_ url: String) async throws(CosignerError) -> String {
        do throws(TransportError) {
            let parsed = try HTTPURL(url)
            let fetched = try await CertificateFetcher.fetch(
                host: parsed.host, port: parsed.port, group: MultiThreadedEventLoopGroup.singleton,
                deadline: .seconds(15))
            printError("Fetched the certificate \(fetched.fingerprint) (\(fetched.subject))")
            printError(
                "with the public key pin \(fetched.pin); nobody vouched for it: compare it with the server's own print."
            )
            return fetched.chainPEM
        } catch {
            throw CosignerError(.workFailed, "The certificate could not be fetched: \(error)")
        }
    }

    private func pem(_ file: String?, option: String, question: String) throws(CosignerError) -> String {
        if let file { return try read(file) }
        guard let pasted = Prompt.pem(question) else {
            throw CosignerError(.optionMissing, "\(option) is missing, and the input ended before it was pasted")
        }
        return pasted
    }

    private func read(_ file: String) throws(CosignerError) -> String {
        guard let data = FileManager.default.contents(atPath: file), let text = String(validating: data, as: UTF8.self)
        else {
            throw CosignerError(.fileUnreadable, "The file \(file) cannot be read as PEM text")
        }
        return text
    }

    /// Makes a client of the settings, so that unusable keys and certificates are found now and not at the first request.
    private func accepted(_ settings: CallbackHandlerSettings, key: RSAPrivateKey) throws(CosignerError) -> String {
        do throws(CallbackClientError) {
            _ = try CallbackClient(settings: settings, cosignerKey: key, group: MultiThreadedEventLoopGroup.singleton)
        } catch {
            throw CosignerError(.optionInvalid, error.description)
        }
        return settings.url.hasPrefix("http://") ? " (no TLS: for development only)" : ""
    }
}
