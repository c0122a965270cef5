import Foundation
import SystemCrypto
import TestSupport
import Testing

@Suite struct P256PublicKeyTests {
    /// RFC 6979 section A.2.5: the public key, and its signature of "sample" with SHA-256.
    private static let x = "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
    private static let y = "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"
    private static let r = "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
    private static let s = "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
    private static let order = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"
    private let message = Array("sample".utf8)

    private func bytes(_ digits: String) throws -> [UInt8] { try #require(Hexadecimal.decode(digits)) }

    private func publishedKey() throws -> P256PublicKey {
        try P256PublicKey(point: bytes("04" + Self.x + Self.y))
    }

    @Test func aPublishedSignatureVerifiesAndFlippedOnesDoNot() throws {
        let key = try publishedKey()
        let (r, s) = (try bytes(Self.r), try bytes(Self.s))
        #expect(key.isValid(r: r, s: s, for: message))
        #expect(key.isValid(r: [0] + r, s: [0, 0] + s, for: message))
        #expect(!key.isValid(r: r, s: s, for: Array("samplf".utf8)))
        #expect(!key.isValid(r: s, s: r, for: message))
        for index in r.indices {
            var changed = r
            changed[index] ^= 1
            #expect(!key.isValid(r: changed, s: s, for: message))
            changed = s
            changed[index] ^= 1
            #expect(!key.isValid(r: r, s: changed, for: message))
        }
    }

    @Test func numbersOutsideOfTheGroupAreRefused() throws {
        let key = try publishedKey()
        let (r, s) = (try bytes(Self.r), try bytes(Self.s))
        let one = [UInt8](repeating: 0, count: 31) + [1]
        let most = [UInt8](repeating: 0xff, count: 32)
        for wrong in [
            [], [0], [UInt8](repeating: 0, count: 32), try bytes(Self.order), most, [1] + r, r + [0], [1] + most,
        ] {
            #expect(!key.isValid(r: wrong, s: s, for: message))
            #expect(!key.isValid(r: r, s: wrong, for: message))
            #expect(!key.isValid(r: wrong, s: wrong, for: message))
        }
        #expect(!key.isValid(r: one, s: one, for: message))
    }

    /// Python's `cryptography` signs; short and padded numbers come up among so many.
    @Test func othersSignWhatWeVerify() async throws {
        let script = """
            from cryptography.hazmat.primitives import hashes, serialization
            from cryptography.hazmat.primitives.asymmetric import ec, utils
            for n in range(300):
                key = ec.generate_private_key(ec.SECP256R1())
                r, s = utils.decode_dss_signature(key.sign(b'm%d' % n, ec.ECDSA(hashes.SHA256())))
                point = key.public_key().public_bytes(
                    serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
                print(point.hex(), *(number.to_bytes((number.bit_length() + 7) // 8, 'big').hex() for number in (r, s)))
            """
        let made = try await run("python3", ["-c", script])
        #expect(made.status == 0, "\(made.errorText)")
        for (index, line) in made.text.split(separator: "\n").enumerated() {
            let fields = try line.split(separator: " ").map { try bytes(String($0)) }
            let key = try P256PublicKey(point: fields[0])
            #expect(key.isValid(r: fields[1], s: fields[2], for: Array("m\(index)".utf8)))
            #expect(!key.isValid(r: fields[1], s: fields[2], for: Array("n\(index)".utf8)))
        }
    }

    @Test func pointsOffTheCurveAreRefused() throws {
        let (x, y) = (try bytes(Self.x), try bytes(Self.y))
        var off = y
        off[31] ^= 1
        let prime = try bytes("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff")
        for (x, y) in [(x, off), (y, x), (x, x), ([UInt8](repeating: 0, count: 32), y), (prime, y), (x, prime)] {
            let error = #expect(throws: CryptoError.self) { try P256PublicKey(point: [4] + x + y) }
            #expect(error?.code == .invalidKey)
        }
    }

    @Test func otherFormsOfPointsAreRefused() throws {
        let (x, y) = (try bytes(Self.x), try bytes(Self.y))
        for point in [[], [0], [2] + x, [3] + x, [6] + x + y, [7] + x + y, [4] + x, [4] + x + y + [0], x + y] {
            let error = #expect(throws: CryptoError.self) { try P256PublicKey(point: point) }
            #expect(error?.code == .wrongKeySize)
        }
    }
}
