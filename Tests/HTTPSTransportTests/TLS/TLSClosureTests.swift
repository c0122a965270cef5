import HTTPSTransport
import NIOCore
import NIOEmbedded
import Testing

@Suite struct TLSClosureTests {
    @Test func outputCloseComesAfterPendingWritesAndStillLetsThePeerAnswer() throws {
        let pair = try TLSPair.connected(TLSFixture(), capacity: 30_000)
        pair.server.channel.allowRemoteHalfClosure = true
        let closed = pair.loop.makePromise(of: Void.self)
        let late = pair.loop.makePromise(of: Void.self)
        let lateFate = Fate.of(late)
        pair.client.channel.write(ByteBuffer(repeating: 7, count: 200_000), promise: nil)
        pair.client.channel.close(mode: .output, promise: closed)
        pair.client.channel.writeAndFlush(ByteBuffer(string: "late"), promise: late)
        #expect(lateFate.error as? ChannelError == .outputClosed)
        try pair.carry()
        #expect(pair.server.recorder.received.readableBytes == 200_000)
        #expect(pair.server.recorder.inputClosed == 1)
        #expect(pair.server.channel.isActive)
    }

    @Test func thePeersCloseNotifyIsHalfACloseWhereThatIsAllowed() throws {
        let pair = try TLSPair.connected(TLSFixture())
        pair.server.channel.allowRemoteHalfClosure = true
        pair.client.write("question")
        pair.client.channel.close(promise: nil)
        try pair.carry()
        #expect(pair.server.recorder.text == "question")
        #expect(pair.server.recorder.inputClosed == 1)
        #expect(pair.server.channel.isActive)
        pair.server.write("answer")
        #expect(try pair.server.takeOutput() != nil)
        // FIN after close_notify tells nothing new.
        pair.server.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        #expect(pair.server.recorder.inputClosed == 1)
        let promise = pair.loop.makePromise(of: Void.self)
        let fate = Fate.of(promise)
        pair.server.channel.close(mode: .output, promise: promise)
        #expect(fate.succeeded)
        #expect(!pair.server.channel.isActive)
        #expect(pair.server.recorder.errors.isEmpty)
    }

    @Test func thePeersCloseNotifyClosesWhereHalfClosureIsNotAllowed() throws {
        let pair = try TLSPair.connected(TLSFixture())
        pair.client.write("last")
        pair.client.channel.close(promise: nil)
        try pair.carry(from: pair.client, to: pair.server)
        #expect(pair.server.recorder.text == "last")
        #expect(pair.server.recorder.errors.isEmpty)
        #expect(!pair.server.channel.isActive)
        #expect(pair.server.recorder.inactive == 1)
        #expect(try pair.server.takeOutput() != nil, "close_notify is answered")
    }

    @Test func flushedWritesAreSentBeforeAClosingPeerIsAnswered() throws {
        let pair = try TLSPair.connected(TLSFixture(), capacity: 30_000)
        let promise = pair.loop.makePromise(of: Void.self)
        let fate = Fate.of(promise)
        pair.server.channel.writeAndFlush(ByteBuffer(repeating: 9, count: 300_000), promise: promise)
        pair.client.channel.allowRemoteHalfClosure = true
        pair.client.channel.close(mode: .output, promise: nil)
        try pair.carry(from: pair.client, to: pair.server)
        #expect(pair.server.channel.isActive && fate.result == nil)
        try pair.carry()
        #expect(fate.succeeded)
        #expect(!pair.server.channel.isActive)
    }

    @Test func aClosedPeerThatDoesNotReadIsNotWaitedForForever() throws {
        let pair = try TLSPair.connected(TLSFixture(), capacity: 30_000)
        let promise = pair.loop.makePromise(of: Void.self)
        let fate = Fate.of(promise)
        pair.server.channel.writeAndFlush(ByteBuffer(repeating: 9, count: 300_000), promise: promise)
        pair.client.channel.close(promise: nil)
        try pair.carry(from: pair.client, to: pair.server)
        #expect(pair.server.channel.isActive)
        pair.loop.advanceTime(by: .seconds(5))
        #expect(!pair.server.channel.isActive)
        #expect(fate.error != nil)
    }

    @Test("a TCP end without close_notify is a truncation", arguments: [false, true])
    func truncation(halfClosure: Bool) throws {
        let pair = try TLSPair.connected(TLSFixture())
        pair.client.write("half a mess")
        try pair.carry(from: pair.client, to: pair.server)
        if halfClosure {
            pair.server.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        } else {
            pair.server.tcpEnds()
        }
        #expect(pair.server.recorder.text == "half a mess")
        #expect(pair.server.recorder.codes == ["tls_truncated"])
        #expect(pair.server.recorder.inputClosed == 0)
        #expect(!pair.server.channel.isActive)
    }

    @Test func aTruncationInTheMiddleOfARecordDeliversNothingOfIt() throws {
        let pair = try TLSPair.connected(TLSFixture())
        pair.client.write("whole")
        try pair.carry()
        pair.client.write("cut")
        let record = try #require(try pair.client.takeOutput())
        try pair.server.channel.writeInbound(record.getSlice(at: 0, length: record.readableBytes - 1))
        pair.server.tcpEnds()
        #expect(pair.server.recorder.text == "whole")
        #expect(pair.server.recorder.codes == ["tls_truncated"])
    }

    @Test func anOrderlyEndIsNoError() throws {
        let pair = try TLSPair.connected(TLSFixture())
        pair.client.channel.close(promise: nil)
        try pair.carry()
        #expect(pair.server.recorder.errors.isEmpty && pair.client.recorder.errors.isEmpty)
        #expect(pair.server.recorder.inactive == 1 && pair.client.recorder.inactive == 1)
    }

    @Test func whatCameBeforeADamagedRecordIsDelivered() throws {
        let pair = try TLSPair.connected(TLSFixture())
        pair.client.write("good")
        var bytes = try #require(try pair.client.takeOutput())
        pair.client.write("damaged")
        var second = try #require(try pair.client.takeOutput())
        second.setInteger(
            second.getInteger(at: second.writerIndex - 1, as: UInt8.self).map { $0 ^ 1 } ?? 0,
            at: second.writerIndex - 1)
        bytes.writeBuffer(&second)
        // A write from inside the read that comes right before the error must not hide it.
        pair.server.recorder.onRead = { context, bytes in context.writeAndFlush(NIOAny(bytes), promise: nil) }
        try pair.server.channel.writeInbound(bytes)
        #expect(pair.server.recorder.text == "good")
        #expect(pair.server.recorder.codes == ["tls_protocol_error"])
        #expect(!pair.server.channel.isActive)
    }

    @Test func closingInsideAReadStopsDelivery() throws {
        let pair = try TLSPair.connected(TLSFixture())
        pair.server.recorder.onRead = { context, _ in context.close(promise: nil) }
        // 200,000 bytes are several deliveries.
        pair.client.channel.writeAndFlush(ByteBuffer(repeating: 1, count: 200_000), promise: nil)
        try pair.carry()
        #expect(pair.server.recorder.reads == 1)
        #expect(pair.server.recorder.errors.isEmpty)
        #expect(pair.server.recorder.inactive == 1)
    }

    @Test func writingInsideAReadAnswersInOrder() throws {
        let pair = try TLSPair.connected(TLSFixture())
        pair.server.recorder.onRead = { context, bytes in context.writeAndFlush(NIOAny(bytes), promise: nil) }
        let question = ByteBuffer(bytes: (0..<300_000).map { UInt8(truncatingIfNeeded: $0 >> 4) })
        pair.client.channel.writeAndFlush(question, promise: nil)
        try pair.carry(pieces: 5_000)
        #expect(pair.client.recorder.received == question)
    }

    @Test func closingInsideTheHandshakeEventSendsAnOrderlyEnd() throws {
        let pair = try TLSPair(TLSFixture())
        pair.server.recorder.onHandshake = { $0.close(promise: nil) }
        pair.client.write("never read")
        try pair.connect()
        try pair.carry()
        #expect(pair.server.recorder.reads == 0)
        #expect(pair.server.recorder.errors.isEmpty)
        #expect(pair.client.recorder.errors.isEmpty)
        #expect(!pair.client.channel.isActive)
    }

    @Test func aReaderThatAsksOnceIsServedThoughARecordComesInPieces() throws {
        let pair = try TLSPair.connected(TLSFixture())
        pair.client.write("one record")
        let record = try #require(try pair.client.takeOutput())
        let before = pair.server.socket.readRequests
        try pair.server.channel.writeInbound(record.getSlice(at: 0, length: 10))
        #expect(pair.server.socket.readRequests == before + 1)
        try pair.server.channel.writeInbound(record.getSlice(at: 10, length: record.readableBytes - 10))
        #expect(pair.server.recorder.text == "one record")
        #expect(pair.server.socket.readRequests == before + 1)
    }
}
