// Measured times and their percentiles.

/// Nanoseconds, in the order in which they came.
struct Latencies: Sendable {
    private var values: [UInt64] = []

    mutating func add(_ nanoseconds: UInt64) { values.append(nanoseconds) }

    func percentile(_ percent: Int) -> UInt64 {
        let sorted = values.sorted()
        return sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, sorted.count * percent / 100)]
    }

    func text(_ percent: Int) -> String { "\(percentile(percent) / 1000) us" }
}
