// One timer for many timeouts.

package import NIOCore

/// Calls back when the earliest of its owner's deadlines may have passed. Used on its event loop only.
///
/// Deadlines move with every request, timers of an event loop cost an allocation and a heap operation each. So a timer
/// is only ever moved earlier; when it fires, the owner looks at its real deadlines, acts on those that have passed and
/// says when to look again.
package final class DeadlineTimer {
    private let eventLoop: any EventLoop
    private var check: (() -> NIODeadline?)?
    private var task: Scheduled<Void>?
    private var scheduledFor = NIODeadline.distantFuture

    /// `check` acts on what has passed and returns the next deadline, if there is one.
    /// It keeps its owner alive until `stop()`.
    package init(eventLoop: any EventLoop, check: @escaping () -> NIODeadline?) {
        self.eventLoop = eventLoop
        self.check = check
    }

    /// Makes sure that `check` runs when this deadline has passed, or earlier.
    package func arm(noLaterThan deadline: NIODeadline) {
        guard check != nil, deadline < scheduledFor else { return }
        task?.cancel()
        scheduledFor = deadline
        task = eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { self.fire() }
    }

    package func stop() {
        task?.cancel()
        task = nil
        check = nil
    }

    private func fire() {
        task = nil
        scheduledFor = .distantFuture
        if let next = check?() { arm(noLaterThan: next) }
    }
}
