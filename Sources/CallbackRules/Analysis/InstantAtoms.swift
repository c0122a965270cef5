// Which windows can be open together, and when.

import CallbackProtocol

/// Finds an instant for every combination of open windows that occurs.
///
/// Windows change only where a wall clock of one of their zones shows one of their times or midnight, and where such a
/// clock is set forward or back. These instants are computed, not stepped over. Which of them differ depends on the
/// weekday, on the offsets of the zones around that day, and on excepted days near it; a day on which all of that is
/// as on an earlier one is not looked at again. The days are those from `start` to 28 years after the last excepted day
/// (then weekdays and dates fall together again), and those around every excepted day before `start`.
struct InstantAtoms {
    /// The windows of each of the two files.
    let windows: [[CompiledWindow]]
    private var found: [[[Bool]]: RulesInstant] = [:]
    private(set) var atoms: [Atom] = []
    /// By zone: its clock, its offsets, and the minutes of the day at which one of its windows may change.
    private var zones: [Zone] = []
    /// Of each window of each file, the place of its zone.
    private var places: [[Int]] = []

    private struct Zone {
        let offsets: ZoneOffsets
        let minutes: [Int]
    }

    /// What the windows of a day depend on.
    private struct DayKind: Hashable {
        let weekday: Weekday
        /// For each zone and change: seconds from the start of the day, and the offset.
        let offsets: [[Int64]]
    }

    /// Days on both sides of an excepted day that are looked at for themselves.
    private static let margin = 3
    private static let cycle = 28 * 366

    init(windows: [[CompiledWindow]], start: RulesInstant) {
        self.windows = windows
        let all = windows.flatMap { $0 }
        let first = Int(start.seconds / 86_400)
        let excepted = all.flatMap(\.except).map(\.number)
        let near = Set(excepted.flatMap { $0 - Self.margin...$0 + Self.margin })
        let end = max(first, excepted.max() ?? first) + Self.cycle
        prepare(all, min(first, near.min() ?? first) - 2..<end + 2)
        add(start.seconds)
        guard !all.isEmpty else { return }
        var seen: Set<DayKind> = []
        let past = near.filter { $0 < first }.sorted()
        for day in Array(first..<end) + past where near.contains(day) || seen.insert(kind(of: day)).inserted {
            look(at: day, from: day < first ? .min : start.seconds)
        }
    }

    private mutating func prepare(_ all: [CompiledWindow], _ days: Range<Int>) {
        var numbers: [String: Int] = [:]
        var minutes: [Set<Int>] = []
        var clocks: [ZoneClock] = []
        for window in all {
            let place = numbers[window.clock.identifier] ?? clocks.count
            if place == clocks.count {
                numbers[window.clock.identifier] = place
                clocks.append(window.clock)
                minutes.append([0])
            }
            minutes[place].formUnion([window.from, window.to])
        }
        zones = zip(clocks, minutes).map { Zone(offsets: ZoneOffsets($0, days: days), minutes: $1.sorted()) }
        places = windows.map { $0.map { numbers[$0.clock.identifier] ?? 0 } }
    }

    private func kind(of day: Int) -> DayKind {
        // A window that crosses midnight depends on the day before as well.
        let start = Int64(day) * 86_400
        return DayKind(
            weekday: CivilDay(number: day).weekday,
            offsets: zones.map { zone in
                zone.offsets.within(start - 86_400..<start + 86_400).flatMap { [$0.seconds - start, $0.offset] }
            })
    }

    /// Every instant of a UTC day at which a window may change, and its first.
    private mutating func look(at day: Int, from earliest: Int64) {
        let range = Int64(day) * 86_400..<Int64(day + 1) * 86_400
        var instants: Set<Int64> = [range.lowerBound]
        for zone in zones {
            for (seconds, offset) in zone.offsets.within(range) {
                instants.insert(seconds)
                for local in day - 1...day + 1 {
                    for minute in zone.minutes {
                        let instant = Int64(local) * 86_400 + Int64(minute) * 60 - offset
                        if range.contains(instant) { instants.insert(instant) }
                    }
                }
            }
        }
        for instant in instants.sorted() where instant >= earliest { add(instant) }
    }

    private mutating func add(_ seconds: Int64) {
        let clocks = zones.map { $0.offsets.clock }
        let times = clocks.map { $0.localTime(atSeconds: seconds) }
        let open = windows.indices.map { side in
            windows[side].indices.map { index in
                let place = places[side][index]
                return windows[side][index].isOpen(showing: times[place]) {
                    clocks[place].dayBefore(times[place], atSeconds: seconds)
                }
            }
        }
        guard found[open] == nil else { return }
        let instant = RulesInstant(seconds: seconds)
        found[open] = instant
        atoms.append(.instant(instant, open: open))
    }
}
