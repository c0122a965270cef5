// How a sink is, for the log and for /readyz.

import Logging

/// Counts since the start. `sent` was handed to the operating system for a verified collector: syslog has no
/// acknowledgement, so a collector that breaks off may lose what it had not read.
struct SinkStatus: Sendable, Equatable {
    var name: String
    var sent: Int
    var dropped: Int
    var waiting: Int
    var isConnected: Bool
    /// Why there is no connection, if that is known.
    var problem: String?

    /// What somebody should look at.
    var warnings: [String] {
        var warnings: [String] = []
        if !isConnected {
            let why = problem.map { ": \($0)" } ?? ""
            warnings.append("the sink \(name) is not connected, \(waiting) decisions wait\(why)")
        }
        if dropped > 0 {
            warnings.append(
                "\(dropped) decisions were not sent to the sink \(name) since the start; they are in the ledger, see "
                    + "decisions export")
        }
        return warnings
    }

    var fields: Logger.Metadata {
        var fields: Logger.Metadata = [
            "event": "sink", "sink": "\(name)", "sent": .stringConvertible(sent),
            "dropped": .stringConvertible(dropped), "waiting": .stringConvertible(waiting),
            "connected": .stringConvertible(isConnected),
        ]
        if let problem { fields["reason"] = "\(problem)" }
        return fields
    }
}
