// The border between the event loop and the two HTTP versions: bytes in, bytes out, answers.

/// One connection's HTTP, without its socket.
protocol HTTPExchange: AnyObject {
    /// Bytes that wait to be written, oldest first. The event loop removes what it wrote.
    var output: [UInt8] { get set }

    /// Queues a request; `index` comes back with its answer.
    func start(index: Int, body: [UInt8]) throws(LoadError)

    /// Takes received bytes and returns the answers that they complete.
    func receive(_ bytes: UnsafeRawBufferPointer) throws(LoadError) -> [(index: Int, answer: Answer)]
}
