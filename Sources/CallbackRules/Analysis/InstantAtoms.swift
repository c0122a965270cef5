// Which windows can be open together, and when.

import CallbackProtocol

/// Finds an instant for every combination of open windows that occurs.
struct InstantAtoms {
    /// The windows of each of the two files.
    let windows: [[CompiledWindow]]
    private var found: [[[Bool]]: RulesInstant] = [:]
    private(set) var atoms: [Atom] = []

    /// Steps over every boundary of every window for 400 days from `start`, and around every excepted day.
    init(windows: [[CompiledWindow]], start: RulesInstant) {
        self.windows = windows
        add(start.seconds)
        let all = windows.flatMap { $0 }
        guard !all.isEmpty else { return }
        let first = Int(start.seconds / 86_400)
        var days = Set(first..<first + 400)
        for day in all.flatMap(\.except) { days.formUnion(day.number - 2...day.number + 2) }
        var places: [String: (clock: ZoneClock, minutes: Set<Int>)] = [:]
        for window in all {
            places[window.clock.identifier, default: (window.clock, [0])].minutes.formUnion([window.from, window.to])
        }
        var instants: Set<Int64> = []
        for (clock, minutes) in places.values {
            for day in days { Self.boundaries(of: day, clock, minutes, into: &instants) }
        }
        for instant in instants.sorted() { add(instant) }
    }

    private static func boundaries(
        of day: Int, _ clock: ZoneClock, _ minutes: Set<Int>, into instants: inout Set<Int64>
    ) {
        let noon = Int64(day) * 86_400 + 43_200
        let (before, after) = (offset(clock, noon - 43_200), offset(clock, noon + 43_200))
        for minute in minutes { instants.insert(Int64(day * 86_400 + minute * 60) - before) }
        guard before != after else { return }
        for minute in minutes { instants.insert(Int64(day * 86_400 + minute * 60) - after) }
        for quarter in -8..<200 { instants.insert(Int64(day) * 86_400 - before + Int64(quarter) * 900) }
    }

    private static func offset(_ clock: ZoneClock, _ seconds: Int64) -> Int64 {
        let local = clock.localTime(atSeconds: seconds)
        return Int64(local.day.number) * 86_400 + Int64(local.second) - seconds
    }

    private mutating func add(_ seconds: Int64) {
        let instant = RulesInstant(seconds: seconds)
        let open = windows.map { $0.map { $0.isOpen(at: instant) } }
        guard found[open] == nil else { return }
        found[open] = instant
        atoms.append(.instant(instant, open: open))
    }
}
