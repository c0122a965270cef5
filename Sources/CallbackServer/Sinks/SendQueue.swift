// What waits to be sent to a collector. A value: no clock, no network.

import NIOCore

/// A bounded queue, oldest first, whose first elements may be on their way.
///
/// An element stays until its sending is confirmed, and is sent again where it was not. What does not fit is dropped and
/// counted. At all times offered = `sent` + `dropped` + `waiting`.
struct SendQueue<Element> {
    /// How many elements may wait, those on their way included.
    let capacity: Int
    /// How many bytes they may cost together.
    let byteCapacity: Int
    private var elements = CircularBuffer<(element: Element, cost: Int)>()
    private var bytes = 0
    /// How many of the first elements were taken and not confirmed.
    private(set) var inFlight = 0
    private(set) var sent = 0
    private(set) var dropped = 0

    init(capacity: Int, byteCapacity: Int) {
        self.capacity = capacity
        self.byteCapacity = byteCapacity
    }

    /// How many elements are neither sent nor dropped.
    var waiting: Int { elements.count }

    /// Takes an element in, or drops it.
    mutating func offer(_ element: Element, cost: Int) {
        guard elements.count < capacity, bytes + cost <= byteCapacity || elements.isEmpty else {
            dropped += 1
            return
        }
        elements.append((element, cost))
        bytes += cost
    }

    /// Drops an element that came too late.
    mutating func refuse() { dropped += 1 }

    /// The next element to send, if there is one. It stays in the queue.
    mutating func take() -> Element? {
        guard inFlight < elements.count else { return nil }
        defer { inFlight += 1 }
        return elements[elements.index(elements.startIndex, offsetBy: inFlight)].element
    }

    /// The oldest element on its way is sent.
    mutating func confirm() {
        guard inFlight > 0, let first = elements.popFirst() else { return }
        inFlight -= 1
        bytes -= first.cost
        sent += 1
    }

    /// What was on its way did not arrive, and is sent again.
    mutating func takeBack() { inFlight = 0 }

    /// Drops all that waits.
    mutating func dropAll() {
        dropped += elements.count
        elements.removeAll()
        (inFlight, bytes) = (0, 0)
    }
}

extension SendQueue: Sendable where Element: Sendable {}
