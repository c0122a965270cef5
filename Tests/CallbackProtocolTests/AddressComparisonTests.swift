import CallbackProtocol
import Testing

struct AddressComparisonTests {
    @Test(arguments: [
        ("0x5dC69B1Fbb13Bafd09af88a782F0F285772Ad5f8", "0x5dc69b1fbb13bafd09af88a782f0f285772ad5f8"),
        ("0x5DC69B1FBB13BAFD09AF88A782F0F285772AD5F8", "0x5dc69b1fbb13bafd09af88a782f0f285772ad5f8"),
        // BIP-173 and BIP-350 test vectors.
        ("BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"),
        (
            "BC1PW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KT5ND6Y",
            "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y"
        ),
        ("A12UEL5L", "a12uel5l"), ("A1LQFN3A", "a1lqfn3a"),
    ])
    func ignoresCaseWhereTheShapeDoes(left: String, right: String) {
        #expect(AddressComparison.same(left, right))
        #expect(AddressComparison.normalised(left) == right)
        #expect(AddressComparison.normalised(right) == right)
    }

    @Test(arguments: [
        // base58 is case-sensitive.
        ("1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", "1bvbmseystwetqtfn5au4m4gfg7xjanvn2"),
        // Mixed case and a wrong checksum are no bech32.
        ("bc1qW508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"),
        ("BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T5", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5"),
        // Not 40 digits, or not hexadecimal.
        ("0x5dC69B1Fbb13Bafd09af88a782F0F285772Ad5f", "0x5dc69b1fbb13bafd09af88a782f0f285772ad5f"),
        ("0x5dC69B1Fbb13Bafd09af88a782F0F285772Ad5g8", "0x5dc69b1fbb13bafd09af88a782f0f285772ad5g8"),
        ("0x5dC69B1Fbb13Bafd09af88a782F0F285772Ad5f8", "0x5dC69B1Fbb13Bafd09af88a782F0F285772Ad5f9"),
        ("5dC69B1Fbb13Bafd09af88a782F0F285772Ad5f8", "0x5dC69B1Fbb13Bafd09af88a782F0F285772Ad5f8"),
        ("rEb8TK3gBgk5auZkwc6sHnwrGVJH8DuaLh", "rEb8TK3gBgk5auZkwc6sHnwrGVJH8DuaLh "), ("", "0"),
        // Canonically equivalent, other code points.
        ("addr\u{212a}", "addrK"), ("caf\u{e9}", "cafe\u{301}"),
    ])
    func keepsOtherAddressesApart(left: String, right: String) {
        #expect(!AddressComparison.same(left, right))
        #expect(AddressComparison.same(left, left) && AddressComparison.same(right, right))
    }

    /// BIP-173's invalid texts: none of them loses its case.
    @Test(arguments: [
        "PZRY9X0S0MUK", "1PZRY9X0S0MUK", "X1B4N0Q5V", "LI1DGMT3", "A1G7SGD8", "10A06T8", "1QZZFHEE",
        "BC13W508D6QEJXTDG4Y5R3ZARVARY0C5XW7KN40WF3",
    ])
    func leavesInvalidBech32Alone(text: String) {
        #expect(AddressComparison.normalised(text) == text)
    }
}
