// From the errors of PostgreSQL (manual, appendix A) to the causes that a person can act on.

import SystemPostgres

extension LedgerError {
    /// Any error thrown inside a transaction.
    init(_ error: any Error, place: String) {
        switch error {
        case let error as LedgerError:
            self = error
            if path.isEmpty { path = place }
        case let error as PostgresError: self.init(postgres: error, place: place)
        default: self.init(.database, "the ledger's database failed: \(error)", path: place)
        }
    }

    /// Connection errors name their place in their own words.
    init(postgres error: PostgresError, place: String) {
        let names = error.message.hasPrefix(place + ":")
        self.init(Self.code(of: error), error.message, path: names ? "" : place)
    }

    private static func code(of error: PostgresError) -> Code {
        switch error.code {
        case .connectionFailed, .connectionLost: .unreachable
        // 55P03: somebody else holds the head of the log.
        case .timeout: error.sqlState == "55P03" ? .locked : .unreachable
        case .serialization: .locked
        case .authenticationFailed, .refusedTarget, .serverVersion: .cannotOpen
        // What must be unique is numbered or looked up under the lock: a second one is no fault of the record.
        case .constraint: error.sqlState == "23505" ? .corrupt : .unstorable
        case .readOnly: .readOnly
        case .diskFull: .diskFull
        case .notDurable: .notDurable
        case .unstorable: .unstorable
        case .database: code(ofState: error.sqlState ?? "")
        }
    }

    private static func code(ofState state: String) -> Code {
        switch state {
        case "58030": .ioError
        case "XX001", "XX002": .corrupt
        // A trigger of the operator's own refused the row.
        case "P0001": .unstorable
        // Data exceptions, and rows or values beyond the server's limits.
        case _ where state.hasPrefix("22") || state.hasPrefix("54"): .unstorable
        default: .database
        }
    }

    /// Whether the connection may still be used once the transaction is rolled back.
    var leavesConnectionSound: Bool { concernsCaller || code == .locked || code == .diskFull }
}
