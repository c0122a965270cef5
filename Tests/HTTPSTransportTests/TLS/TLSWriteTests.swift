import HTTPSTransport
import NIOCore
import NIOEmbedded
import Testing

@Suite struct TLSWriteTests {
    @Test func writesBeforeTheHandshakeAreSentAfterIt() throws {
        let pair = try TLSPair(TLSFixture())
        let promise = pair.loop.makePromise(of: Void.self)
        let fate = Fate.of(promise)
        pair.client.channel.write(ByteBuffer(string: "one "), promise: nil)
        pair.client.channel.writeAndFlush(ByteBuffer(string: "two"), promise: promise)
        pair.client.channel.write(ByteBuffer(string: " not flushed"), promise: nil)
        try pair.connect()
        #expect(fate.result == nil)
        try pair.carry()
        #expect(pair.server.recorder.text == "one two")
        #expect(fate.succeeded)
        pair.client.channel.flush()
        try pair.carry()
        #expect(pair.server.recorder.text == "one two not flushed")
    }

    @Test("queued writes fail when the channel ends", arguments: ["closed here", "ended there", "timeout"])
    func queuedWritesFail(how: String) throws {
        let pair = try TLSPair(TLSFixture())
        try pair.connect()
        let promises = (0..<3).map { _ in pair.loop.makePromise(of: Void.self) }
        let fates = promises.map(Fate.of)
        pair.client.channel.writeAndFlush(ByteBuffer(string: "a"), promise: promises[0])
        pair.client.channel.write(ByteBuffer(string: "b"), promise: promises[1])
        pair.client.channel.close(mode: .output, promise: promises[2])
        switch how {
        case "closed here": pair.client.channel.close(promise: nil)
        case "ended there": pair.client.tcpEnds()
        default: pair.loop.advanceTime(by: .seconds(5))
        }
        #expect(fates.allSatisfy { $0.error != nil })
        if how == "timeout" {
            #expect(fates.allSatisfy { ($0.error as? TransportError)?.code == .handshakeTimeout })
        }
        let late = pair.loop.makePromise(of: Void.self)
        let lateFate = Fate.of(late)
        pair.client.channel.writeAndFlush(ByteBuffer(string: "late"), promise: late)
        #expect(lateFate.error as? ChannelError == .ioOnClosedChannel)
    }

    @Test func promisesOfSeveralSmallWritesInOneRecordAllComplete() throws {
        let pair = try TLSPair.connected(TLSFixture())
        let promises = (0..<5).map { _ in pair.loop.makePromise(of: Void.self) }
        let fates = promises.map(Fate.of)
        for (index, promise) in promises.enumerated() {
            pair.client.channel.write(ByteBuffer(string: index == 3 ? "" : "\(index)"), promise: promise)
        }
        pair.client.channel.flush()
        let record = try #require(try pair.client.takeOutput())
        #expect(record.readableBytes < 4 + 40)
        try pair.server.channel.writeInbound(record)
        #expect(pair.server.recorder.text == "0124")
        #expect(fates.allSatisfy { $0.succeeded })
    }

    @Test func anUnwritableChannelIsGivenNothingMore() throws {
        let capacity = 65_536
        let pair = try TLSPair.connected(TLSFixture(), capacity: capacity)
        let big = ByteBuffer(bytes: (0..<7_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) })
        let promise = pair.loop.makePromise(of: Void.self)
        let fate = Fate.of(promise)
        pair.client.channel.writeAndFlush(big, promise: promise)
        #expect(pair.client.socket.pending < capacity + 17_000)
        #expect(fate.result == nil)
        try pair.carry()
        #expect(pair.client.socket.mostPending < capacity + 17_000)
        #expect(pair.server.recorder.received == big)
        #expect(fate.succeeded)
    }

    @Test func writersHearOfWritability() throws {
        let pair = try TLSPair.connected(TLSFixture(), capacity: 20_000)
        var turns = 0
        pair.client.recorder.onWritable = { context in
            guard turns < 10 else { return }
            turns += 1
            context.writeAndFlush(NIOAny(ByteBuffer(repeating: UInt8(turns), count: 50_000)), promise: nil)
        }
        pair.client.channel.writeAndFlush(ByteBuffer(repeating: 0, count: 50_000), promise: nil)
        try pair.carry()
        #expect(turns == 10)
        #expect(pair.server.recorder.received.readableBytes == 550_000)
    }

    @Test func aWriteFromACompletedPromiseKeepsTheOrder() throws {
        let pair = try TLSPair.connected(TLSFixture())
        let channel = pair.client.channel
        let first = pair.loop.makePromise(of: Void.self)
        first.futureResult.assumeIsolated().whenSuccess {
            channel.writeAndFlush(ByteBuffer(string: "3"), promise: nil)
        }
        channel.write(ByteBuffer(string: "1"), promise: first)
        channel.write(ByteBuffer(string: "2"), promise: nil)
        channel.flush()
        try pair.carry()
        #expect(pair.server.recorder.text == "123")
    }
}
