// RSA keys of one test run. None is stored.

import SystemCrypto

/// Generated on first use and shared by all tests.
enum TestKeys {
    private static let first = generated()
    private static let second = generated()

    /// The key that the tests' handlers trust.
    static func trusted() throws -> RSAPrivateKey { try first.get() }

    /// A sound key that nobody trusts.
    static func other() throws -> RSAPrivateKey { try second.get() }

    private static func generated() -> Result<RSAPrivateKey, CryptoError> {
        Result { () throws(CryptoError) in try RSAPrivateKey.generate(bits: 2048) }
    }
}
