import NIOCore
import Testing

@testable import callback_server

@Suite struct SendQueueTests {
    @Test func whatDoesNotFitIsDroppedAndCounted() {
        var queue = SendQueue<Int>(capacity: 3, byteCapacity: 100)
        for number in 1...5 { queue.offer(number, cost: 1) }
        #expect((queue.waiting, queue.dropped, queue.sent) == (3, 2, 0))
        #expect([queue.take(), queue.take(), queue.take(), queue.take()] == [1, 2, 3, nil])
        // What is on its way still takes its place.
        queue.offer(6, cost: 1)
        #expect(queue.dropped == 3)
        queue.confirm()
        queue.offer(7, cost: 1)
        #expect((queue.waiting, queue.dropped, queue.sent) == (3, 3, 1))
        #expect(queue.take() == 7)
    }

    @Test func bytesAreBoundedToo() {
        var queue = SendQueue<Int>(capacity: 10, byteCapacity: 100)
        // One that is too large alone may still go when nothing else waits.
        queue.offer(1, cost: 500)
        queue.offer(2, cost: 1)
        #expect((queue.waiting, queue.dropped) == (1, 1))
        _ = queue.take()
        queue.confirm()
        queue.offer(3, cost: 60)
        queue.offer(4, cost: 60)
        queue.offer(5, cost: 40)
        #expect((queue.waiting, queue.dropped) == (2, 2))
    }

    @Test func whatWasNotConfirmedIsSentAgainInOrder() {
        var queue = SendQueue<Int>(capacity: 10, byteCapacity: 100)
        for number in 1...4 { queue.offer(number, cost: 1) }
        for _ in 1...3 { _ = queue.take() }
        queue.confirm()
        queue.takeBack()
        // A late confirmation of the lost connection changes nothing.
        queue.confirm()
        #expect(queue.sent == 1)
        #expect([queue.take(), queue.take(), queue.take(), queue.take()] == [2, 3, 4, nil])
        queue.dropAll()
        #expect((queue.waiting, queue.dropped, queue.sent) == (0, 3, 1))
        #expect(queue.take() == nil)
    }

    @Test func pausesGrowToTheLongestAndBeginAgain() {
        var backoff = Backoff(first: .milliseconds(500), longest: .seconds(3))
        #expect(
            (0..<5).map { _ in backoff.next(chance: 0) } == [500, 1_000, 2_000, 3_000, 3_000].map { .milliseconds($0) })
        backoff.reset()
        let shortest = backoff.next(chance: 255)
        #expect(shortest < .milliseconds(500) && shortest > .milliseconds(374))
    }
}
