// cosigner list-users

import ArgumentParser
import CallbackProtocol
import CosignerCallbackClient

struct ListUsersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list-users", abstract: "List the API users of this co-signer with their callback handlers.")

    @OptionGroup var home: HomeOption

    @Flag(help: "One JSON value per line.")
    var json = false

    func run() throws {
        let users = try home.directory.load().users
        guard !json else {
            for user in users {
                printJSON(
                    .object(
                        JSONObject([
                            .init("workspace", .string(user.workspace)), .init("userId", .string(user.id)),
                            .init("url", user.callback.map { .string($0.url) } ?? .null),
                            .init("auth", user.callback.map { .string($0.option.rawValue) } ?? .null),
                        ])))
            }
            return
        }
        let rows = users.map { user in
            [
                user.workspace, user.id, user.callback?.option.rawValue ?? "-",
                user.callback?.url ?? "none: requests would be approved without asking",
            ]
        }
        print(TextTable(rows: [["WORKSPACE", "API USER", "AUTH", "CALLBACK HANDLER"]] + rows).text)
    }
}
