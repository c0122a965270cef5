// Pages of the log that several readers share out among themselves.

import Synchronization

/// Some pages, each read by whichever reader comes for it first. What is kept of them bounds the memory of a verification.
final class ReadingRound: Sendable {
    private static let pageSize: Int64 = 1000
    private static let pageCount = 16

    private let starts: [Int64]
    private let last: Int64
    private let claimed = Atomic(0)
    private let results = Mutex<[Int: Result<EntryPage, LedgerError>]>([:])

    /// - Parameter last: the last entry of the log.
    init(from first: Int64, to last: Int64) {
        self.last = last
        starts = (0..<Self.pageCount).map { first + Int64($0) * Self.pageSize }.filter { $0 <= last }
    }

    /// The entry behind this round.
    var end: Int64 { starts.last.map { min(last, $0 + Self.pageSize - 1) + 1 } ?? last + 1 }

    /// In the order of the log; complete once every `read` has returned.
    var pages: [Result<EntryPage, LedgerError>] {
        results.withLock { found in starts.indices.compactMap { found[$0] } }
    }

    /// Reads pages until there is none left.
    func read(_ source: any LedgerSource) {
        while true {
            let index = claimed.wrappingAdd(1, ordering: .relaxed).oldValue
            guard index < starts.count else { return }
            let first = starts[index]
            let page: Result<EntryPage, LedgerError>
            do throws(LedgerError) {
                page = .success(
                    try source.read { try EntryPage($0, from: first, to: min(last, first + Self.pageSize - 1)) })
            } catch {
                page = .failure(error)
            }
            results.withLock { $0[index] = page }
        }
    }
}
