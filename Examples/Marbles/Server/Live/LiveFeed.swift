internal import DuetClient
internal import Foundation
internal import Synchronization

/// The ledger as it is now, and everybody who watches it.
///
/// May be used from any thread. Taking a block in and telling of it is one step, as is looking at the ledger and beginning
/// to watch: who watches misses nothing and gets nothing twice.
final class LiveFeed: Sendable {
    /// Streams at once; more are refused.
    static let watcherCountMax = 500
    /// Events that wait for one slow stream; beyond that the stream is ended, and its page resumes.
    static let eventCountMax = 512
    /// Lines of functions that are kept for those who come later.
    static let runCountMax = 500

    /// A stream that one page reads. Holds the ledger as it was, which costs a copy of all of it once that changes: let go of
    /// it soon.
    struct Subscription: Sendable {
        let id: UInt64
        let ledger: MarblesLedger
        let runs: [RunLine]
        /// The blocks that the page lacks; nil where it needs the whole state.
        let missedBlocks: [BlockView]?
        let events: AsyncStream<ServerSentEvent>
    }

    private struct State {
        var ledger: MarblesLedger
        var names = PartyNames()
        var runs: [RunLine] = []
        var watchers: [UInt64: AsyncStream<ServerSentEvent>.Continuation] = [:]
        var nextID: UInt64 = 0
    }

    /// Differs from ledger to ledger, so that nobody resumes in another one.
    let ledgerName: String
    private let state: Mutex<State>

    init(ledgerName: String, contract: String) {
        self.ledgerName = ledgerName
        state = Mutex(State(ledger: MarblesLedger(contract: contract)))
    }

    /// A copy of the ledger as it is now.
    var ledger: MarblesLedger { state.withLock { $0.ledger } }

    // MARK: - Writing

    func take(_ block: ClientBlock) {
        state.withLock { state in
            guard let view = state.ledger.apply(block, names: &state.names) else { return }
            Self.publish(.block(view, ledger: ledgerName), in: &state)
        }
    }

    func take(_ run: RunLine) {
        state.withLock { state in
            var run = run
            run.block = run.block ?? run.transaction.flatMap { state.ledger.blockNumber(ofTransaction: $0) }
            state.runs.append(run)
            if state.runs.count > Self.runCountMax { state.runs.removeFirst() }
            Self.publish(.json("run", run), in: &state)
        }
    }

    /// Tells everybody something that is not in the ledger.
    func tell(_ event: ServerSentEvent) {
        state.withLock { Self.publish(event, in: &$0) }
    }

    private static func publish(_ event: ServerSentEvent, in state: inout State) {
        for (id, watcher) in state.watchers {
            if case .enqueued = watcher.yield(event) { continue }
            watcher.finish()
            state.watchers[id] = nil
        }
    }

    // MARK: - Watching

    /// Returns once the ledger has reached a height.
    ///
    /// - Throws: `CancellationError`, also where there are too many that watch.
    func wait(for height: UInt64) async throws {
        guard let (id, events) = subscribe(after: nil).map({ ($0.id, $0.events) }) else { throw CancellationError() }
        defer { unsubscribe(id) }
        if state.withLock({ $0.ledger.height >= height }) { return }
        for await _ in events where state.withLock({ $0.ledger.height >= height }) { return }
        throw CancellationError()
    }

    /// Begins to watch.
    ///
    /// - Parameter lastEventID: of the last event that the page has seen; nil for a new page.
    /// - Returns: nil where there are too many.
    func subscribe(after lastEventID: String?) -> Subscription? {
        state.withLock { state in
            guard state.watchers.count < Self.watcherCountMax else { return nil }
            state.nextID += 1
            let (events, continuation) = AsyncStream<ServerSentEvent>.makeStream(
                bufferingPolicy: .bufferingOldest(Self.eventCountMax))
            state.watchers[state.nextID] = continuation
            return Subscription(
                id: state.nextID, ledger: state.ledger, runs: state.runs,
                missedBlocks: missedBlocks(after: lastEventID, in: state.ledger), events: events)
        }
    }

    /// - Parameter id: of a ``Subscription``; one that has ended already changes nothing.
    func unsubscribe(_ id: UInt64) {
        state.withLock { $0.watchers.removeValue(forKey: id) }?.finish()
    }

    /// Ends all streams; their pages see a lost connection.
    func close() {
        let watchers = state.withLock { state in
            defer { state.watchers = [:] }
            return Array(state.watchers.values)
        }
        for watcher in watchers { watcher.finish() }
    }

    private func missedBlocks(after lastEventID: String?, in ledger: MarblesLedger) -> [BlockView]? {
        guard let lastEventID, let mark = lastEventID.lastIndex(of: "-"), lastEventID[..<mark] == ledgerName,
            let number = UInt64(lastEventID[lastEventID.index(after: mark)...]), number < ledger.height
        else { return nil }
        guard let first = ledger.blocks.first?.number, number + 1 >= first else { return nil }
        return Array(ledger.blocks.suffix(Int(ledger.height - number - 1)))
    }
}
