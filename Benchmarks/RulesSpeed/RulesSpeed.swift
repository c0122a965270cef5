// How long one evaluation takes, and how that grows with the number of rules.

import CallbackProtocol
import CallbackRules
import Glibc

/// `rules-speed`: generated rule files of 10 to 10,000 rules beside a list of 100,000 addresses.
@main
enum RulesSpeed {
    static func main() {
        let addresses = (0..<100_000).map { number in
            let digits = String(number, radix: 16)
            return "0x" + String(repeating: "0", count: 40 - digits.utf8.count) + digits + "\n"
        }
        let list = Array(addresses.joined().utf8)
        print("rules   load ms   p50 us   p99 us   (one evaluation; list of 100,000 addresses)")
        for count in [10, 100, 1_000, 10_000] { measure(count, list) }
    }

    private static func measure(_ count: Int, _ list: [UInt8]) {
        let begin = now()
        let result = RulesSnapshot.load(file: "generated.yaml", text: Array(rules(count).utf8)) { _ in list }
        let loaded = now() - begin
        guard let snapshot = result.snapshot else {
            print(result.diagnostics.prefix(5).map(\.description).joined(separator: "\n"))
            exit(1)
        }
        let inputs = (0..<64).map { input($0, count) }
        let runs = max(2_000, min(50_000, 2_000_000 / count))
        var times: [Int] = []
        times.reserveCapacity(runs)
        var approved = 0
        for index in 0..<(runs + 500) {
            let start = now()
            let evaluation = snapshot.evaluate(
                inputs[index % inputs.count], at: RulesInstant(seconds: 1_795_253_400), tracing: false)
            let elapsed = now() - start
            if index >= 500 { times.append(elapsed) }
            if evaluation.effect == .approve { approved += 1 }
        }
        guard approved > runs / 4 else {
            print("the generated rules approve nothing; the figures would mean nothing")
            exit(1)
        }
        times.sort()
        let columns = [
            String(count), decimal(loaded / 10_000), decimal(times[runs / 2] / 10),
            decimal(times[runs * 99 / 100] / 10),
        ]
        print(columns.map { $0 + String(repeating: " ", count: max(0, 9 - $0.count)) }.joined())
    }

    /// Rules like those of the shipped sets: one about sanctions, the others each about a vault, an asset and a bound.
    private static func rules(_ count: Int) -> String {
        var text = """
            rules_version: 1
            name: generated
            lists: { sanctioned: { addresses_file: sanctioned.txt } }
            transactions:
              - { id: sanctioned, effect: reject, reason: listed, when: { destination: { address: { in: sanctioned } } } }

            """
        for number in 1..<count {
            text += """
                  - id: rule-\(number)
                    effect: approve
                    when:
                      operation: TRANSFER
                      asset: [ETH, USDC]
                      source: { type: VAULT, id: "\(number)" }
                      destination: { type: [UNMANAGED, EXCHANGE], address_type: WHITELISTED }
                      amount_usd: { at_most: "\(1_000 + number)" }

                """
        }
        return text
    }

    private static func input(_ number: Int, _ count: Int) -> EvaluationInput {
        var request = TransactionRequest(requestId: "r\(number)", stage: .signing)
        request.operation = "TRANSFER"
        request.asset = "ETH"
        request.sourceType = "VAULT"
        request.sourceId = String(1 + number * 7 % max(1, count - 1))
        request.amount = ExactDecimal(plain: "0.5")
        request.fee = ExactDecimal(plain: "0.001")
        request.destinations = [
            TransactionRequest.Destination(
                amountNative: ExactDecimal(plain: "0.5"), amountUSD: ExactDecimal(plain: "900.25"),
                displayDstAddress: "0x5dC69B1Fbb13Bafd09af88a782F0F285772Ad5f8", addressType: "WHITELISTED", id: "1",
                name: "Partner", subType: "EXTERNAL", type: "UNMANAGED", action: "ALLOW")
        ]
        return EvaluationInput(content: .transaction(request), cosigner: "primary", listener: "127.0.0.1:8443")
    }

    /// Nanoseconds of the monotonic clock.
    private static func now() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }

    /// Hundredths as a number with two decimals.
    private static func decimal(_ hundredths: Int) -> String {
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
    }
}
