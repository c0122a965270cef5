// What a run says about itself, as one line of JSON.

/// Latencies are nanoseconds, one for each answer that was received.
struct LoadResult {
    var requests: Int
    var nanoseconds: Int
    var latencies: [Int]
    var statuses: [Int: Int]
    var errors: Int
    /// The longest that a free connection was kept from a request that was due, nanoseconds: the client's own lateness.
    var greatestDelay: Int

    var json: String {
        let sorted = latencies.sorted()
        let seconds = Double(nanoseconds) / 1e9
        let rate = seconds > 0 ? Double(latencies.count) / seconds : 0
        let counts = statuses.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",")
        return "{\"requests\":\(requests),\"seconds\":\(rounded(seconds, 6)),\"rps\":\(rounded(rate, 1)),"
            + "\"p50_us\":\(percentile(50, of: sorted)),\"p99_us\":\(percentile(99, of: sorted)),"
            + "\"max_us\":\((sorted.last ?? 0) / 1000),\"start_delay_max_us\":\(greatestDelay / 1000),"
            + "\"statuses\":{\(counts)},\"errors\":\(errors)}"
    }

    /// The nearest rank, in microseconds.
    private func percentile(_ percent: Int, of sorted: [Int]) -> Int {
        guard !sorted.isEmpty else { return 0 }
        return sorted[(sorted.count * percent + 99) / 100 - 1] / 1000
    }

    private func rounded(_ value: Double, _ digits: Int) -> Double {
        let scale = (0..<digits).reduce(1.0) { scale, _ in scale * 10 }
        return (value * scale).rounded() / scale
    }
}
