// The command line of callback-server: a noun, then a verb.

import ArgumentParser

@main
struct CallbackServerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "callback-server",
        abstract: "Answers an API co-signer: may this transaction, or this change, be signed?",
        discussion: """
            Start with: callback-server init DIR, then callback-server serve --config DIR/callback-server.yaml.
            Exit codes: 0 done, 1 the work failed, 2 the call was wrong, 3 a check found problems.
            """,
        version: Product.version,
        subcommands: [InitCommand.self, ServeCommand.self, RulesCommand.self, DecisionsCommand.self, HoldsCommand.self])

    static func main() async {
        await runMapped()
    }
}

extension AsyncParsableCommand {
    /// Runs with the exit codes that docs/interfaces.md promises; the parser's own code for a wrong call is another.
    static func runMapped() async {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            try StandardOutput.finish()
        } catch let code as ExitCode {
            exit(withError: code)
        } catch let error as ServerError {
            end(with: error)
        } catch {
            let code = exitCode(for: error)
            guard code != .success, code != .failure else {
                if code == .success { exit(withError: error) }
                printError("callback-server: \(error)")
                exit(withError: ExitCode.workFailed)
            }
            printError(fullMessage(for: error))
            exit(withError: ExitCode.wrongCall)
        }
    }
}

extension ParsableCommand {
    static func end(with error: ServerError) -> Never {
        printError("callback-server: \(error)")
        exit(withError: ExitCode.workFailed)
    }
}
