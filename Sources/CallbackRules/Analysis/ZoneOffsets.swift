// How far a zone's clock is from UTC over some years, and when that changes.

/// The offsets of one zone between two UTC days, in seconds east of UTC.
///
/// Found by asking the zone at the start of every day and halving where two neighbours differ. A zone that changes its
/// offset and changes it back within one UTC day would be missed; the IANA database has none since 1970.
struct ZoneOffsets {
    let clock: ZoneClock
    /// First seconds of an offset, ascending; the first is the start of the first day.
    private(set) var changes: [(seconds: Int64, offset: Int64)] = []

    init(_ clock: ZoneClock, days: Range<Int>) {
        self.clock = clock
        guard let first = days.first else { return }
        var last = Self.offset(clock, Int64(first) * 86_400)
        changes.append((Int64(first) * 86_400, last))
        for day in days.dropFirst() + [days.upperBound] {
            let here = Self.offset(clock, Int64(day) * 86_400)
            guard here != last else { continue }
            var (before, after) = (Int64(day - 1) * 86_400, Int64(day) * 86_400)
            while after - before > 1 {
                let middle = before + (after - before) / 2
                if Self.offset(clock, middle) == last { before = middle } else { after = middle }
            }
            changes.append((after, Self.offset(clock, after)))
            last = here
        }
    }

    /// What applies in a stretch of time: the offset at its start, and the changes within it.
    func within(_ range: Range<Int64>) -> [(seconds: Int64, offset: Int64)] {
        var (low, high) = (0, changes.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if changes[middle].seconds <= range.lowerBound { low = middle } else { high = middle }
        }
        guard low < changes.count else { return [] }
        return [(range.lowerBound, changes[low].offset)]
            + changes[(low + 1)...].prefix { $0.seconds < range.upperBound }
    }

    private static func offset(_ clock: ZoneClock, _ seconds: Int64) -> Int64 {
        let local = clock.localTime(atSeconds: seconds)
        return Int64(local.day.number) * 86_400 + Int64(local.second) - seconds
    }
}
