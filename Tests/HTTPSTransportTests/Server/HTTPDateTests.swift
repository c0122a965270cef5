import Foundation
import Testing

@testable import HTTPSTransport

@Suite struct HTTPDateTests {
    @Test(arguments: [
        (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
        (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"), (1_735_689_599, "Tue, 31 Dec 2024 23:59:59 GMT"),
        (4_102_444_800, "Fri, 01 Jan 2100 00:00:00 GMT"), (-5, "Thu, 01 Jan 1970 00:00:00 GMT"),
    ])
    func writesIMFFixdate(second: Int, expected: String) {
        #expect(HTTPDateCache.format(secondsSince1970: second) == expected)
    }

    @Test func agreesWithFoundationThroughTwoCenturies() {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "GMT")
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        for second in stride(from: 0, to: 6_311_433_600, by: 86_400 * 97 + 12_345) {
            let date = Date(timeIntervalSince1970: TimeInterval(second))
            #expect(HTTPDateCache.format(secondsSince1970: second) == formatter.string(from: date))
        }
    }
}
