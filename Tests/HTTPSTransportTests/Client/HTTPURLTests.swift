import HTTPSTransport
import Testing

@Suite struct HTTPURLTests {
    @Test(
        "good URLs come apart",
        arguments: [
            ("https://example.com", "https", "example.com", 443, ""),
            ("HTTP://Example.COM:8080/", "http", "example.com", 8080, "/"),
            (
                "https://a-b.example/fireblocks/callback_handler", "https", "a-b.example", 443,
                "/fireblocks/callback_handler"
            ),
            ("https://127.0.0.1:65535/a%2Fb;c=d", "https", "127.0.0.1", 65_535, "/a%2Fb;c=d"),
            ("http://[::1]:1/x", "http", "::1", 1, "/x"), ("https://[2001:DB8::1]", "https", "2001:db8::1", 443, ""),
            ("https://under_score.example/~me/", "https", "under_score.example", 443, "/~me/"),
            ("http://localhost", "http", "localhost", 80, ""),
        ])
    func good(text: String, scheme: String, host: String, port: Int, path: String) throws {
        let url = try HTTPURL(text)
        #expect(url.scheme.rawValue == scheme)
        #expect(url.host == host)
        #expect(url.port == port)
        #expect(url.path == path)
        #expect(try HTTPURL(url.description) == url)
    }

    @Test(
        "everything else is refused with its reason",
        arguments: [
            ("", "begin with"), ("example.com", "begin with"), ("ftp://a/", "begin with"), ("https:/a", "begin with"),
            ("https://", "no host"), ("https:///path", "no host"), ("https://:80", "no host"),
            ("https://user@a/", "@"), ("https://user:pw@a/", "@"), ("https://a/?q", "query"), ("https://a?q", "query"),
            ("https://a/#f", "fragment"), ("https://a b/", "spaces"), ("https://a/\r\nX: y", "control"),
            ("https://a/\u{e4}", "ASCII"), ("https://\u{e4}/", "ASCII"), ("https://a/\0", "control"),
            ("https://a:0/", "port"), ("https://a:/", "port"), ("https://a:65536/", "port"), ("https://a:+1/", "port"),
            ("https://a:080/", "port"), ("https://a:1:2/", "port"), ("https://1.2.3/", "neither"),
            ("https://1.2.3.256/", "neither"), ("https://-a/", "neither"), ("https://a..b/", "neither"),
            ("https://a_!/", "neither"), ("https://::1/", "no host"), ("https://[::1/", "]"),
            ("https://[::1]x/", "between"),
            ("https://[1.2.3.4]/", "neither"), ("https://[fe80::1%25eth0]/", "neither"), ("https://a/%zz", "path"),
            ("https://a/%2", "path"), ("https://a/x/../y", "path"), ("https://a/./", "path"),
            ("https://a\\b/", "neither"),
            ("https://a/<x>", "path"), ("https://a/" + String(repeating: "x", count: 2_100), "longer"),
        ])
    func bad(text: String, reason: String) {
        let failure = #expect(throws: TransportError.self) { try HTTPURL(text) }
        #expect(failure?.code == .urlInvalid)
        #expect(failure?.message.contains(reason) == true, "\(String(describing: failure))")
    }
}
