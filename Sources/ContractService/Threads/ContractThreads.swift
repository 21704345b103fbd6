internal import Dispatch
internal import Foundation
package import LedgerCore
internal import Synchronization

/// A fixed number of threads on which simulations run, in the order in which they came.
///
/// Each thread belongs to one simulation at a time, from its first read to its last; so their number bounds the snapshots
/// of all ledgers that are leased at once. The threads end with ``stop()`` or when nobody holds this any more.
package final class ContractThreads: BlockingThreads {
    /// What the threads share. They hold nothing else, so that dropping the owner ends them.
    private final class Queue: Sendable {
        struct State {
            var works: [@Sendable () -> Void] = []
            /// Works before this index are taken.
            var index = 0
            var isStopped = false

            mutating func next() -> (@Sendable () -> Void)? {
                guard index < works.count else { return nil }
                let work = works[index]
                index += 1
                if index == works.count {
                    works.removeAll(keepingCapacity: true)
                    index = 0
                }
                return work
            }

            var waitingCount: Int { works.count - index }
        }

        let state = Mutex(State())
        let arrivals = DispatchSemaphore(value: 0)

        func run() {
            while true {
                arrivals.wait()
                let (work, isStopped) = state.withLock { ($0.next(), $0.isStopped) }
                if let work {
                    work()
                } else if isStopped {
                    // The next thread is to see it, too.
                    arrivals.signal()
                    return
                }
            }
        }
    }

    /// Contracts and the parsers they use may nest deeply.
    private static let stackByteCount = 8 * 1024 * 1024

    package let count: Int
    /// Works that wait; more are refused.
    package let waitingCountMax: Int
    private let queue = Queue()

    package init(count: Int, waitingCountMax: Int = 5_000) {
        precondition(count > 0 && waitingCountMax > 0, "there is a thread, and a place to wait for it")
        self.count = count
        self.waitingCountMax = waitingCountMax
        for number in 0..<count {
            let thread = Thread { [queue] in queue.run() }
            thread.name = "duet.contract.\(number)"
            thread.stackSize = Self.stackByteCount
            thread.start()
        }
    }

    deinit {
        stop()
    }

    package func start(_ work: @escaping @Sendable () -> Void) throws(BlockingThreadsBusy) {
        let isTaken = queue.state.withLock { state in
            guard state.waitingCount < waitingCountMax, !state.isStopped else { return false }
            state.works.append(work)
            return true
        }
        guard isTaken else { throw BlockingThreadsBusy(waitingCountMax: waitingCountMax) }
        queue.arrivals.signal()
    }

    /// Takes no more work. What was taken is still done.
    package func stop() {
        queue.state.withLock { $0.isStopped = true }
        queue.arrivals.signal()
    }
}
