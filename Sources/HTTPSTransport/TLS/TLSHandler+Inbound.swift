// From the socket to the application: handshake, decryption, and the end of the peer's stream.

package import NIOCore

extension TLSHandler {
    /// Plaintext handed on at once, in bytes, at most about this many.
    private static let deliveryLimit = 65_536

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        // One record's worth at a time: the memory BIO keeps the size of the largest piece that it ever held.
        while let piece = bytes.readSlice(length: min(bytes.readableBytes, TLSSession.recordLimit)),
            piece.readableBytes > 0
        {
            guard state == .handshaking || state == .open, !inputClosed, let session else { return }
            guard piece.withUnsafeReadableBytes({ greeting?.admits($0) ?? true }) else {
                return fail(
                    context,
                    TransportError(
                        .handshakeFailed,
                        "The peer's first message is said to be larger than \(ClientGreeting.limit) bytes, or hides its size"
                    ))
            }
            piece.withUnsafeReadableBytes { session.receive($0) }
            process(context)
        }
    }

    /// Runs OpenSSL until it wants more input. Every call out may change the state, so each turn looks at it anew.
    func process(_ context: ChannelHandlerContext) {
        guard !isReading, let session else { return }
        isReading = true
        defer { isReading = false }
        while !inputClosed {
            let goesOn =
                switch state {
                case .handshaking: advanceHandshake(context, session)
                case .open: deliver(context, session)
                case .idle, .closed: false
                }
            guard goesOn else { return }
        }
    }

    private func advanceHandshake(_ context: ChannelHandlerContext, _ session: TLSSession) -> Bool {
        switch session.handshake() {
        case .done:
            handshakeCompleted(context, session)
            return true
        case .wantsInput:
            sendControl(context)
        case .peerClosed:
            endedDuringHandshake(context)
        case .failed(let entry):
            fail(context, session.refusal ?? TransportError(.handshakeFailed, explainHandshake(entry)))
        }
        return false
    }

    private func deliver(_ context: ChannelHandlerContext, _ session: TLSSession) -> Bool {
        var plaintext = ByteBuffer()
        let step = session.read(into: &plaintext, limit: Self.deliveryLimit)
        if case .failed = step { isBroken = true }
        if plaintext.readableBytes > 0 {
            deliveredSinceReadComplete = true
            context.fireChannelRead(wrapInboundOut(plaintext))
        }
        guard state == .open else { return false }
        switch step {
        case .done:
            return true
        case .wantsInput:
            sendControl(context)
        case .peerClosed:
            peerClosed(context)
        case .failed(let entry):
            fail(
                context,
                TransportError(
                    .tlsProtocolError,
                    "The peer broke off or broke the TLS protocol: \(entry?.text ?? "OpenSSL gives no reason")"))
        }
        return false
    }

    private func peerClosed(_ context: ChannelHandlerContext) {
        inputClosed = true
        switch output {
        case .closed where outputWritten:
            finish(ChannelError.ioOnClosedChannel)
            context.close(promise: nil)
        case .closed:
            limitDrain(context)
        case .closing(_, let promise):
            output = .closing(.all, promise)
            limitDrain(context)
        case .open:
            if (try? context.channel.syncOptions?.getOption(.allowRemoteHalfClosure)) == true {
                context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
            } else {
                limitDrain(context)
                closeOutput(context, .all, nil)
            }
        }
    }

    package func channelReadComplete(context: ChannelHandlerContext) {
        // A reader that asked once, without autoRead, still waits when only a part of a record came.
        if !deliveredSinceReadComplete, state == .handshaking || state == .open, !inputClosed { context.read() }
        deliveredSinceReadComplete = false
        context.fireChannelReadComplete()
    }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard let event = event as? ChannelEvent, event == .inputClosed else {
            return context.fireUserInboundEventTriggered(event)
        }
        switch state {
        case .handshaking: endedDuringHandshake(context)
        case .open where !inputClosed: truncated(context)
        case .open, .closed: break
        case .idle: context.fireUserInboundEventTriggered(event)
        }
    }
}
