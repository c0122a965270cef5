// The disk's own speed, measured as the ledger's is.

import Foundation

/// Appends 4 KiB and syncs them, at a given rate.
struct DiskProbe {
    let path: String

    func run(perSecond: Int, seconds: Int) throws -> Latencies {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        guard descriptor >= 0 else { throw CocoaError(.fileWriteUnknown) }
        defer { close(descriptor) }
        let block = [UInt8](repeating: 0x5a, count: 4096)
        var latencies = Latencies()
        let start = LedgerSpeed.now()
        for number in 0..<perSecond * seconds {
            let due = start + UInt64(number) * 1_000_000_000 / UInt64(perSecond)
            LedgerSpeed.sleep(until: due)
            guard write(descriptor, block, block.count) == block.count, fdatasync(descriptor) == 0 else {
                throw CocoaError(.fileWriteUnknown)
            }
            latencies.add(LedgerSpeed.now() - due)
        }
        return latencies
    }
}
