// Instants and the calendar.

import CallbackRules
import Testing

@Suite struct RulesInstantTests {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00Z"), (-1, "1969-12-31T23:59:59Z"), (951_827_696, "2000-02-29T12:34:56Z"),
        (1_795_253_400, "2026-11-21T09:30:00Z"), (4_107_542_399, "2100-02-28T23:59:59Z"),
    ])
    func `an instant prints as RFC 3339 in UTC`(seconds: Int64, text: String) {
        #expect(RulesInstant(seconds: seconds).description == text)
    }
}
