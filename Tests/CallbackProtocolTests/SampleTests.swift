import CallbackProtocol
import Foundation
import SystemCrypto
import Testing

/// Every sample payload, both ways.
struct SampleTests {
    static func names(_ prefix: String) -> [String] {
        let folder = (try? resource("samples"))?.path ?? ""
        return ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { $0.hasPrefix(prefix) }
            .sorted()
    }

    @Test func allSamplesAreThere() {
        #expect(Self.names("tx_").count == 9)
        #expect(Self.names("config_").count == 14)
        #expect(Self.names("response_").count == 4)
    }

    @Test(arguments: names("tx_"))
    func transactionsReadAndRoundTrip(name: String) throws {
        let bytes = try contents("samples/\(name)")
        let read = try transaction(String(decoding: bytes, as: UTF8.self))
        #expect(read.stage == (name.contains("approval") ? .approval : .signing))
        let written = CosignerPayload.bytes(of: read.members)
        var again = try transaction(String(decoding: written, as: UTF8.self))
        #expect(again.members.members.count == read.members.members.count)
        again.members = read.members
        #expect(again == read)
        #expect(CosignerPayload.bytes(of: try #require(try StrictJSON.parse(written).object)) == written)
    }

    @Test(arguments: names("config_"))
    func configurationChangesReadAndRoundTrip(name: String) throws {
        let read = try configuration(String(decoding: try contents("samples/\(name)"), as: UTF8.self))
        #expect(ConfigurationChangeRequest.documentedTypes.contains(try #require(read.type)))
        let written = CosignerPayload.bytes(of: read.members)
        var again = try configuration(String(decoding: written, as: UTF8.self))
        #expect(again.wallet == read.wallet && again.account == read.account && again.connection == read.connection)
        again.members = read.members
        #expect(again == read)
    }

    @Test(arguments: names("response_"))
    func answersReadAndRoundTrip(name: String) throws {
        let bytes = try contents("samples/\(name)")
        let object = try #require(try StrictJSON.parse(bytes).object)
        let requestId = try #require(object["requestId"]?.string)
        let read = try ResponseVerifier.plain.verify(bytes, requestId: requestId, stage: .approval)
        #expect(name == "response_\(read.action.rawValue.lowercased()).json")
        #expect(try ResponseVerifier.plain.verify(read.jsonBytes, requestId: requestId, stage: .approval) == read)
    }

    @Test func aRealPayloadIsWrittenByteForByte() throws {
        let bytes = try contents("samples/tx_observed_docs_eth_signing.exact.json")
        let payload = try #require(try StrictJSON.parse(bytes).object)
        #expect(CosignerPayload.bytes(of: payload) == bytes)
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<20 {
            var shuffled = JSONObject(payload.members.shuffled(using: &generator))
            let destinations = try #require(payload["destinations"]?.array).map { destination in
                JSONValue.object(JSONObject(try #require(destination.object).members.shuffled(using: &generator)))
            }
            shuffled.set("destinations", .array(destinations))
            shuffled.set("amount", .number("1e-2"))
            shuffled.set("requestedAmount", .number("0.010000000000000000"))
            #expect(CosignerPayload.bytes(of: shuffled) == bytes)
        }
    }
}
