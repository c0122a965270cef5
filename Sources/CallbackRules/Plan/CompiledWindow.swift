// Wall-clock windows, ready to be asked.

/// A window: open where the wall clock of its zone shows a time in `[from, to)` of a day on which it opens.
///
/// The clock on the wall decides, and nothing else. A time that the clock skips in spring is never shown: a window from
/// 02:30 then opens at 03:00, the next time shown. A time that the clock shows twice in autumn is in the window twice,
/// or not at all. A window that crosses midnight belongs to the day on which it opened, exceptions too.
struct CompiledWindow: Sendable {
    let name: String
    let clock: ZoneClock
    let days: Set<Weekday>
    /// Minutes after midnight; `from > to` crosses midnight.
    let from: Int
    let to: Int
    let except: Set<CivilDay>

    func isOpen(at instant: RulesInstant) -> Bool {
        let now = clock.localTime(atSeconds: instant.seconds)
        return isOpen(showing: now) { clock.dayBefore(now, atSeconds: instant.seconds) }
    }

    /// The same for what the clock shows and the day before it, so that windows of one zone share a look at the clock.
    func isOpen(showing now: LocalTime, dayBefore: () -> CivilDay) -> Bool {
        if from < to { return now.second >= from * 60 && now.second < to * 60 && opens(on: now.day) }
        if now.second >= from * 60 { return opens(on: now.day) }
        return now.second < to * 60 && opens(on: dayBefore())
    }

    private func opens(on day: CivilDay) -> Bool {
        days.contains(day.weekday) && !except.contains(day)
    }

    /// The local time, for explanations: `sat 2026-11-21 10:30 Europe/Zurich`.
    func describe(_ instant: RulesInstant) -> String {
        let now = clock.localTime(atSeconds: instant.seconds)
        return "\(now.day.weekday.name) \(now.day) \(now.clock(seconds: false)) \(clock.identifier)"
    }
}
