// The command line of cosigner: the documented verbs, one file each.

import ArgumentParser

@main
struct CosignerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cosigner",
        abstract: "An API co-signer: asks the callback handler before it takes part in a signature.",
        discussion: """
            To test a callback handler without a workspace: cosigner setup --standalone, then callback-update, then ask.
            Exit codes: 0 done, 1 the work failed, 2 the call was wrong.
            """,
        version: "0.1.0",
        subcommands: [
            SetupCommand.self, ListUsersCommand.self, PrintPublicKeyCommand.self, CallbackUpdateCommand.self,
            AskCommand.self,
        ])

    static func main() async {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            try finishOutput()
        } catch let code as ExitCode {
            exit(withError: code)
        } catch let error as CosignerError {
            printError("cosigner: \(error)")
            exit(withError: error.exitCode)
        } catch {
            if exitCode(for: error) == .success { exit(withError: error) }
            printError(fullMessage(for: error))
            exit(withError: ExitCode(2))
        }
    }
}
