import CallbackProtocol
import SystemCrypto
import Testing

/// Random changes of valid requests. Each run uses the same seeds, so that a failure can be had again.
struct MutationTests {
    @Test(arguments: 1...4)
    func aChangedTokenNeverVerifies(seed: Int) throws {
        let key = try TestKeys.trusted()
        let authenticator = try RequestAuthenticator(cosigners: [TrustedCosigner(name: "one", key: key.publicKey)])
        let token = try requestToken(#"{"txId":"t","operation":"MINT","requestId":"r-1"}"#, key: key)
        _ = try authenticator.authenticate(token: token, kind: .transaction, listener: "l")
        var generator = SeededGenerator(seed: UInt64(seed))
        for _ in 0..<5_000 {
            let changed = mutated(token, using: &generator)
            guard changed != token else { continue }
            do throws(ProtocolError) {
                _ = try authenticator.authenticate(token: changed, kind: .transaction, listener: "l")
                Issue.record("seed \(seed) accepted \(String(decoding: changed, as: UTF8.self))")
            } catch {
                #expect(error.code.isAuthentication)
            }
        }
    }

    /// A changed payload is refused, malformed, or means what strict reading says; it never traps.
    @Test(arguments: 1...4)
    func aChangedPayloadIsReadOrRefused(seed: Int) throws {
        let payload = try contents("samples/tx_observed_docs_eth_signing.exact.json")
        var generator = SeededGenerator(seed: UInt64(seed))
        var counts: [String: Int] = [:]
        for _ in 0..<1_000 {
            let changed = mutated(payload, using: &generator)
            for kind in RequestKind.allCases {
                do throws(ProtocolError) {
                    let request = try RequestAuthenticator.acceptUnauthenticated(
                        json: changed, kind: kind, listener: "l")
                    #expect(request.payload == changed && (1...256).contains(request.requestId.utf8.count))
                    if case .malformed = request.content {
                        counts["malformed", default: 0] += 1
                    } else {
                        #expect(kind == .transaction)
                        counts["read", default: 0] += 1
                    }
                } catch {
                    #expect(!error.code.isAuthentication)
                    counts["unusable", default: 0] += 1
                }
            }
        }
        #expect(counts.count == 3, "\(counts)")
    }
}
