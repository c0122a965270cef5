// Closing a connection so that the peer can still read the last answer.

import NIOCore

/// The end of a connection (RFC 9112 section 9.6): our side is shut once everything is written, what the peer still
/// sends is discarded up to a bound, and the socket is closed when the peer has closed, or the owner's deadline passes.
///
/// Closing at once would make the kernel answer the peer's unread bytes with a reset, which may destroy the answer.
final class LingeringClose {
    private let context: ChannelHandlerContext
    private var bytesLeft: Int
    private var inputClosed: Bool
    private var outputClosed = false

    /// `bytes` is how much of the peer's input is discarded before the connection is cut.
    init(context: ChannelHandlerContext, bytes: Int, inputClosed: Bool) {
        self.context = context
        self.bytesLeft = bytes
        self.inputClosed = inputClosed
    }

    /// Call with the future of the last write, already flushed.
    func begin(after lastWrite: EventLoopFuture<Void>) {
        lastWrite.assumeIsolated().whenComplete { _ in
            guard self.context.channel.isActive else { return }
            self.outputClosed = true
            if self.inputClosed {
                self.context.close(promise: nil)
            } else {
                self.context.close(mode: .output, promise: nil)
            }
        }
    }

    func discard(_ bytes: Int) {
        bytesLeft -= bytes
        if bytesLeft < 0 { context.close(promise: nil) }
    }

    func peerClosedInput() {
        inputClosed = true
        if outputClosed { context.close(promise: nil) }
    }
}
