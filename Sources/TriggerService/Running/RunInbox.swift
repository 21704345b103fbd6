internal import Synchronization

/// What has happened since a run looked last. Bounded by its senders: deliveries under way, one save, keys being released.
final class RunInbox<Signal: Sendable>: Sendable {
    private let signals = Mutex<[Signal]>([])
    let wakeups: AsyncStream<Void>
    private let waker: AsyncStream<Void>.Continuation

    init() {
        (wakeups, waker) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func send(_ signal: Signal) {
        signals.withLock { $0.append(signal) }
        waker.yield()
    }

    /// Wakes the run without a message.
    func wake() {
        waker.yield()
    }

    func takeAll() -> [Signal] {
        signals.withLock { signals in
            defer { signals = [] }
            return signals
        }
    }
}
