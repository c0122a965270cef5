import HTTPSTransport
import Testing

@Suite struct CIDRTests {
    @Test(arguments: [
        ("10.0.0.0/8", "10.255.0.1", "11.0.0.1"), ("127.0.0.1", "127.0.0.1", "127.0.0.2"),
        ("0.0.0.0/0", "203.0.113.9", "::1"), ("192.168.4.0/22", "192.168.7.255", "192.168.8.0"),
        ("2001:db8::/32", "2001:db8:ffff::1", "2001:db9::1"), ("::1", "::1", "::2"),
        ("::/0", "2001:db8::1", "10.0.0.1"),
        ("fe80::/10", "febf::1", "fec0::1"), ("10.0.0.0/8", "::ffff:10.1.2.3", "::ffff:11.1.2.3"),
        ("128.0.0.0/1", "255.255.255.255", "127.255.255.255"),
    ])
    func containsAddressesOfItsPrefixAndNoOthers(network: String, inside: String, outside: String) throws {
        let cidr = try CIDR(network)
        #expect(cidr.contains(inside))
        #expect(!cidr.contains(outside))
        #expect(!cidr.contains("unix"))
        #expect(cidr.description == network)
    }

    @Test(arguments: [
        "", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/08", "10.0.0.0/+8", "10.0.0.0/-1", "10.0.0.0/ 8",
        "10.0.0.0/8/8",
        "10.0.0.1/8", "10.0.0/8", "010.0.0.0/8", "0x0a.0.0.0/8", "256.0.0.0/8", "::1/129", "2001:db8::1/32",
        "fe80::1%lo",
        "localhost", "10.0.0.0/٨", "1.2.3.4\u{0}/32", "10.0.0.0/8\u{0}", "127.0.0.1\u{0}",
    ])
    func refusesWhatIsNoNetwork(text: String) {
        let error = #expect(throws: TransportError.self) { try CIDR(text) }
        #expect(error?.code == .cidrMalformed)
    }

    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1"), ("2001:db8::1", "2001:db8:0:0::/64"),
        ("2001:db8:1:20:ffff:ffff:ffff:ffff", "2001:db8:1:20::/64"), ("::1", "0:0:0:0::/64"), ("unix", "unix"),
        ("a:b", "a:b"),
    ])
    func aPeerIsCountedByWhatItHasToItself(host: String, network: String) {
        #expect(PeerAddress(host: host, port: 7).network == network)
    }
}
