import HTTPSTransport
import NIOCore
import NIOEmbedded
import Testing

@Suite struct TLSHandshakeTests {
    @Test("both roles agree, however the bytes are cut", arguments: [1, 7, 1000, Int.max])
    func agreement(pieces: Int) throws {
        let pair = try TLSPair(TLSFixture())
        try pair.connect()
        try pair.carry(pieces: pieces)
        #expect(pair.client.recorder.handshake?.version == "TLSv1.3")
        #expect(pair.server.recorder.handshake?.version == "TLSv1.3")
        pair.client.write("question")
        pair.server.write("answer")
        try pair.carry(pieces: pieces)
        #expect(pair.server.recorder.text == "question")
        #expect(pair.client.recorder.text == "answer")
        #expect(pair.client.recorder.errors.isEmpty && pair.server.recorder.errors.isEmpty)
    }

    @Test(
        "the server's order decides the application protocol",
        arguments: [
            (["http/1.1", "h2"], ["h2", "http/1.1"], "h2"), (["h2", "http/1.1"], ["http/1.1"], "http/1.1"),
            ([], ["h2"], nil),
        ] as [([String], [String], String?)])
    func applicationProtocol(offered: [String], accepted: [String], chosen: String?) throws {
        let fixture = try TLSFixture()
        let pair = try TLSPair(fixture, client: fixture.client(offered), serverProtocols: accepted)
        try pair.connect()
        try pair.carry()
        #expect(pair.client.recorder.handshake?.applicationProtocol == chosen)
        #expect(pair.server.recorder.handshake?.applicationProtocol == chosen)
        #expect(pair.client.recorder.handshake != nil)
    }

    @Test func noCommonApplicationProtocolIsRefusedAtBothEnds() throws {
        let fixture = try TLSFixture()
        let pair = try TLSPair(fixture, client: fixture.client(["spdy/1"]), serverProtocols: ["h2"])
        try pair.connect()
        try pair.carry()
        #expect(pair.client.recorder.codes == ["tls_handshake_failed"])
        #expect(pair.server.recorder.codes == ["tls_handshake_failed"])
        #expect("\(pair.client.recorder.errors)".contains("ALPN"))
        #expect(!pair.client.channel.isActive && !pair.server.channel.isActive)
    }

    /// OpenSSL would make room for 131,396 bytes, or for 16,385, that never come.
    @Test(
        arguments: [[22, 3, 1, 0, 5, 1, 2, 1, 68], [22, 3, 1, 0, 200, 1, 0, 64, 1], [22, 3, 1, 0, 1]] as [[UInt8]],
        [1, 9])
    func aGreetingThatAnnouncesTooMuchIsRefused(bytes: [UInt8], pieces: Int) throws {
        let pair = try TLSPair(TLSFixture())
        try pair.connect()
        for start in stride(from: 0, to: bytes.count, by: pieces) {
            #expect(pair.server.recorder.codes.isEmpty)
            try pair.server.channel.writeInbound(ByteBuffer(bytes: bytes[start..<min(start + pieces, bytes.count)]))
        }
        #expect(pair.server.recorder.codes == ["tls_handshake_failed"])
        #expect(!pair.server.channel.isActive)
    }

    @Test func aSilentPeerEndsTheHandshakeByTime() throws {
        let pair = try TLSPair(TLSFixture(), timeout: .seconds(3))
        try pair.connect()
        pair.loop.advanceTime(by: .milliseconds(2999))
        #expect(pair.server.recorder.codes.isEmpty && pair.server.channel.isActive)
        pair.loop.advanceTime(by: .milliseconds(1))
        for end in [pair.client, pair.server] {
            #expect(end.recorder.codes == ["tls_handshake_timeout"])
            #expect(!end.channel.isActive)
        }
    }

    @Test func timeStopsCountingWhenTheHandshakeHasEnded() throws {
        let pair = try TLSPair.connected(TLSFixture())
        pair.loop.advanceTime(by: .hours(1))
        #expect(pair.server.recorder.codes.isEmpty && pair.server.channel.isActive)
    }

    @Test(
        "what is not TLS is named",
        arguments: [
            ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", "https://"), ("\u{1}\u{2}\u{3}\u{4}\u{5}\u{6}garbage", "handshake"),
        ])
    func notTLS(bytes: String, hint: String) throws {
        let pair = try TLSPair(TLSFixture())
        try pair.connect()
        try pair.server.channel.writeInbound(ByteBuffer(string: bytes))
        #expect(pair.server.recorder.codes == ["tls_handshake_failed"])
        #expect("\(pair.server.recorder.errors)".contains(hint))
        #expect(!pair.server.channel.isActive)
    }

    @Test func aPeerThatLeavesDuringTheHandshakeIsReported() throws {
        let pair = try TLSPair(TLSFixture())
        try pair.connect()
        try pair.carry(from: pair.client, to: pair.server)
        pair.server.tcpEnds()
        #expect(pair.server.recorder.codes == ["tls_handshake_failed"])
        pair.client.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        #expect(pair.client.recorder.codes == ["tls_handshake_failed"])
        #expect(!pair.client.channel.isActive)
    }

    @Test func errorsThatOthersLeftInOpenSSLsQueueDoNotHarm() throws {
        let pair = try TLSPair(TLSFixture())
        leaveErrorInQueue()
        try pair.connect()
        for _ in 0..<6 {
            leaveErrorInQueue()
            try pair.carry(from: pair.client, to: pair.server, 100)
            leaveErrorInQueue()
            try pair.carry(from: pair.server, to: pair.client, 100)
        }
        leaveErrorInQueue()
        pair.client.write("still fine")
        leaveErrorInQueue()
        try pair.carry()
        #expect(pair.server.recorder.text == "still fine")
        #expect(pair.client.recorder.errors.isEmpty && pair.server.recorder.errors.isEmpty)
    }
}
