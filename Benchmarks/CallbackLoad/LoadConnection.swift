// One connection of a run: its socket, its HTTP, and the requests that are under way on it.

final class LoadConnection {
    private let socket: TLSConnection
    private let exchange: any HTTPExchange
    private var written = 0

    /// Indexes of the requests that were started and not answered.
    var inFlight: [Int] = []
    /// The next token of this connection's schedule.
    var nextDue = 0
    /// When the last answer came, in nanoseconds of the monotonic clock.
    var freeSince = 0
    /// Why the connection can no longer be used.
    private(set) var failure: String?

    init(socket: TLSConnection, exchange: any HTTPExchange) {
        self.socket = socket
        self.exchange = exchange
    }

    var descriptor: Int32 { socket.descriptor }
    var isOpen: Bool { failure == nil }
    var hasOutput: Bool { written < exchange.output.count }

    func start(index: Int, body: [UInt8]) {
        inFlight.append(index)
        do throws(LoadError) {
            try exchange.start(index: index, body: body)
        } catch {
            failure = error.description
        }
        flush()
    }

    func flush() {
        do throws(LoadError) {
            while isOpen, hasOutput {
                let count = try writeSome()
                guard count > 0 else { return }
                written += count
            }
        } catch {
            failure = error.description
        }
        guard !hasOutput else { return }
        exchange.output.removeAll(keepingCapacity: true)
        written = 0
    }

    /// Reads all that is there.
    func receive() -> [(index: Int, answer: Answer)] {
        var answered: [(index: Int, answer: Answer)] = []
        do throws(LoadError) {
            try withBuffer { (buffer) throws(LoadError) in
                while true {
                    switch try socket.read(into: buffer) {
                    case .nothingYet: return
                    case .closed: throw LoadError(.connection, "The server closed the connection")
                    case .bytes(let count):
                        answered += try exchange.receive(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                    }
                }
            }
        } catch {
            failure = error.description
        }
        for (index, _) in answered { inFlight.removeAll { $0 == index } }
        flush()
        return answered
    }

    private func writeSome() throws(LoadError) -> Int {
        let result = exchange.output.withUnsafeBytes { bytes in
            Result { () throws(LoadError) in
                try socket.write(UnsafeRawBufferPointer(rebasing: bytes[written...]))
            }
        }
        return try result.get()
    }

    private func withBuffer(_ body: (UnsafeMutableRawBufferPointer) throws(LoadError) -> Void) throws(LoadError) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 16384, alignment: 16)
        defer { buffer.deallocate() }
        try body(buffer)
    }
}
