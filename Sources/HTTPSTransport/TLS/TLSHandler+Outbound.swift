// From the application to the socket: queueing, encryption, backpressure, and the ends of our stream.

package import NIOCore

extension TLSHandler {
    /// How many bytes of its own TLS may owe to a peer that does not read (answers to key updates, for example).
    private static let controlLimit = 65_536
    /// How long a peer that closed may take to read what was still flushed to it.
    private static let drainTime = TimeAmount.seconds(5)

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch (state, output) {
        case (.closed, _): promise?.fail(ChannelError.ioOnClosedChannel)
        case (_, .open): queue.append(unwrapOutboundIn(data), promise)
        default: promise?.fail(ChannelError.outputClosed)
        }
    }

    package func flush(context: ChannelHandlerContext) {
        queue.markFlushed()
        pump(context)
    }

    package func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            unreadControlBytes = 0
            pump(context)
        }
        context.fireChannelWritabilityChanged()
    }

    /// Encrypts flushed writes while the channel takes them, then closes the output where that was asked for.
    func pump(_ context: ChannelHandlerContext) {
        guard !isPumping, let session else { return }
        isPumping = true
        var wrote = false
        while state == .open, !isBroken, context.channel.isWritable,
            let record = queue.nextRecord(limit: TLSSession.recordLimit, allocator: allocator)
        {
            if case .failed(let entry) = session.write(record.plaintext) {
                isPumping = false
                let error = TransportError(
                    .tlsProtocolError, "Nothing more can be encrypted: \(entry?.text ?? "OpenSSL gives no reason")")
                record.promise?.fail(error)
                return fail(context, error)
            }
            let ciphertext = session.takeOutput(allocator) ?? ByteBuffer()
            wrote = true
            context.write(wrapOutboundOut(ciphertext), promise: record.promise)
        }
        isPumping = false
        if wrote { context.flush() }
        if state == .open, !isBroken, queue.isEmpty, case .closing(let mode, let promise) = output {
            sayGoodbye(context, session, mode, promise)
        }
    }

    /// Sends what OpenSSL produced by itself: handshake messages, tickets, alerts, key updates.
    func sendControl(_ context: ChannelHandlerContext) {
        guard let bytes = session?.takeOutput(allocator) else { return }
        if !context.channel.isWritable {
            unreadControlBytes += bytes.readableBytes
            guard unreadControlBytes <= Self.controlLimit else {
                return fail(
                    context, TransportError(.tlsProtocolError, "The peer demands TLS answers and does not read them"))
            }
        }
        context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
    }

    package func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        switch mode {
        case .all: closeAll(context, promise)
        case .output: closeOutput(context, .output, promise)
        // Key updates and close_notify arrive on the same stream: it cannot be left unread.
        case .input: promise?.fail(ChannelError.operationUnsupported)
        }
    }

    private func closeAll(_ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?) {
        pump(context)
        if state == .open, !isBroken, let session {
            if case .closed = output {} else { session.shutdown() }
            // From here on nothing is delivered or reported: the application has left.
            state = .closed
            if let bytes = session.takeOutput(allocator) {
                context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
            }
        }
        finish(ChannelError.ioOnClosedChannel)
        context.close(mode: .all, promise: promise)
    }

    func closeOutput(_ context: ChannelHandlerContext, _ mode: CloseMode, _ promise: EventLoopPromise<Void>?) {
        guard state != .closed else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        guard case .open = output else {
            promise?.fail(ChannelError.outputClosed)
            return
        }
        output = .closing(inputClosed ? .all : mode, promise)
        // What is written belongs before the end, flushed or not.
        queue.markFlushed()
        pump(context)
    }

    /// Both directions are at their end: a peer that does not read what is left is not waited for much longer.
    func limitDrain(_ context: ChannelHandlerContext) {
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: Self.drainTime) {
            guard self.state == .open else { return }
            self.finish(ChannelError.ioOnClosedChannel)
            context.close(promise: nil)
        }
    }

    private func sayGoodbye(
        _ context: ChannelHandlerContext, _ session: TLSSession, _ mode: CloseMode, _ promise: EventLoopPromise<Void>?
    ) {
        output = .closed
        session.shutdown()
        let sent = context.eventLoop.makePromise(of: Void.self)
        // A channel that closes as a whole forgets what it has not written; so the close waits for the write.
        sent.futureResult.assumeIsolated().whenComplete { result in
            guard self.state == .open, case .success = result else {
                promise?.fail(ChannelError.ioOnClosedChannel)
                return
            }
            self.outputWritten = true
            if self.inputClosed {
                self.finish(ChannelError.ioOnClosedChannel)
                context.close(mode: .all, promise: promise)
            } else {
                context.close(mode: mode, promise: promise)
            }
        }
        let bytes = session.takeOutput(allocator) ?? ByteBuffer()
        context.writeAndFlush(wrapOutboundOut(bytes), promise: sent)
    }
}
