internal import Dispatch
internal import Foundation
package import LedgerCore
internal import Synchronization

/// A fixed number of threads on which simulations run, in the order in which they came.
///
/// Each thread belongs to one simulation at a time, from its first read to its last; so their number bounds the snapshots
/// of all ledgers that are leased at once, together with ``pausedCountMax``: simulations that wait for a function keep what
/// they have leased while another thread takes their place. The threads end with ``stop()`` or when nobody holds this any more.
package final class ContractThreads: BlockingThreads {
    /// What the threads share. They hold nothing else, so that dropping the owner ends them.
    private final class Queue: Sendable {
        struct State {
            var works: [@Sendable () -> Void] = []
            /// Works before this index are taken.
            var index = 0
            var isStopped = false
            /// Threads that wait within a work.
            var pausedCount = 0
            /// Threads too many, since the works whose place they took go on. The next ones to look end.
            var surplusCount = 0

            enum Step {
                case work(@Sendable () -> Void)
                case end(isLast: Bool)
                case nothing
            }

            /// Each signal stands for one work or for one thread too many.
            mutating func step() -> Step {
                if surplusCount > 0 {
                    surplusCount -= 1
                    return .end(isLast: false)
                }
                if let work = next() { return .work(work) }
                return isStopped ? .end(isLast: true) : .nothing
            }

            private mutating func next() -> (@Sendable () -> Void)? {
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
                switch state.withLock({ $0.step() }) {
                case .work(let work): work()
                case .end(let isLast):
                    // Of a stop the next thread is to hear, too.
                    if isLast { arrivals.signal() }
                    return
                case .nothing: break
                }
            }
        }

        func startThread(_ name: String) {
            let thread = Thread { self.run() }
            thread.name = name
            thread.stackSize = ContractThreads.stackByteCount
            thread.start()
        }
    }

    /// Contracts and the parsers they use may nest deeply.
    private static let stackByteCount = 8 * 1024 * 1024

    package let count: Int
    /// Works that wait; more are refused.
    package let waitingCountMax: Int
    /// Works that wait for something else meanwhile; more are told that they may not.
    package let pausedCountMax: Int
    private let queue = Queue()

    package init(count: Int, waitingCountMax: Int = 5_000, pausedCountMax: Int = 32) {
        precondition(count > 0 && waitingCountMax > 0, "there is a thread, and a place to wait for it")
        self.count = count
        self.waitingCountMax = waitingCountMax
        self.pausedCountMax = pausedCountMax
        for number in 0..<count { queue.startThread("duet.contract.\(number)") }
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

    package func whileWaiting<Value>(_ body: () -> Value) throws(BlockingThreadsBusy) -> Value {
        let isAllowed = queue.state.withLock { state in
            guard state.pausedCount < pausedCountMax else { return false }
            state.pausedCount += 1
            return true
        }
        guard isAllowed else { throw BlockingThreadsBusy(waitingCountMax: pausedCountMax) }
        queue.startThread("duet.contract.substitute")
        defer {
            queue.state.withLock { state in
                state.pausedCount -= 1
                state.surplusCount += 1
            }
            queue.arrivals.signal()
        }
        return body()
    }

    /// Takes no more work. What was taken is still done.
    package func stop() {
        queue.state.withLock { $0.isStopped = true }
        queue.arrivals.signal()
    }
}
