// Writes that wait for encryption: before the handshake has ended, or while the socket is full.

import NIOCore

/// A queue of writes with a flush mark, taken out again record by record.
struct PlaintextQueue {
    private struct Write {
        var buffer: ByteBuffer
        var promise: EventLoopPromise<Void>?
    }

    /// At most one record's plaintext, and who waits for it.
    struct Record {
        var plaintext: ByteBuffer
        /// Completes every write whose last byte is in this record.
        var promise: EventLoopPromise<Void>?
    }

    private var writes = CircularBuffer<Write>()
    private var flushed = 0

    var isEmpty: Bool { writes.isEmpty }

    mutating func append(_ buffer: ByteBuffer, _ promise: EventLoopPromise<Void>?) {
        writes.append(Write(buffer: buffer, promise: promise))
    }

    mutating func markFlushed() {
        flushed = writes.count
    }

    /// The next flushed bytes, up to `limit`. Small writes share a record: a head and its body cost one, not two.
    mutating func nextRecord(limit: Int, allocator: ByteBufferAllocator) -> Record? {
        guard flushed > 0, let front = writes.first else { return nil }
        if flushed == 1 || front.buffer.readableBytes >= limit {
            var record = Record(plaintext: ByteBuffer(), promise: nil)
            takeFront(limit, &record) { $0 = $1 }
            return record
        }
        var record = Record(plaintext: allocator.buffer(capacity: limit), promise: nil)
        while flushed > 0, record.plaintext.readableBytes < limit {
            takeFront(limit - record.plaintext.readableBytes, &record) { $0.writeImmutableBuffer($1) }
        }
        return record
    }

    private mutating func takeFront(
        _ limit: Int, _ record: inout Record, _ store: (inout ByteBuffer, ByteBuffer) -> Void
    ) {
        let index = writes.startIndex
        let count = min(limit, writes[index].buffer.readableBytes)
        guard let slice = writes[index].buffer.readSlice(length: count) else { return }
        store(&record.plaintext, slice)
        guard writes[index].buffer.readableBytes == 0 else { return }
        let promise = writes.removeFirst().promise
        flushed -= 1
        if let first = record.promise {
            first.futureResult.cascade(to: promise)
        } else {
            record.promise = promise
        }
    }

    /// Empties the queue; the caller fails the promises, which may call back into the owner.
    mutating func removeAll() -> [EventLoopPromise<Void>] {
        let promises = writes.compactMap(\.promise)
        writes.removeAll()
        flushed = 0
        return promises
    }
}
