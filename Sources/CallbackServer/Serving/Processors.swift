// How many processors this process may use.

import Foundation
import NIOCore

enum Processors {
    /// The processors that the scheduler may give to this process (the `Cpus_allowed` mask of proc(5)), within the
    /// container's quota: one event loop each. A second loop on one core would only take turns with the first.
    static var available: Int {
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("Cpus_allowed:") })
        else { return System.coreCount }
        let allowed = line.dropFirst("Cpus_allowed:".count).reduce(0) { $0 + ($1.hexDigitValue ?? 0).nonzeroBitCount }
        return max(1, min(allowed, System.coreCount))
    }
}
