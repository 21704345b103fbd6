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
    /// Streams of one client, by its address, where several clients can reach the server.
    static let watcherCountMaxOfClient = 100
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
        let isLedgerReachable: Bool
    }

    /// Who reads a stream.
    struct Visitor: Sendable {
        /// The address that it comes from; all on this machine are one. Nil for the server itself.
        var client: String?
        /// Made by the page, to name itself by.
        var page: String?
        /// The id of the owner whom it acts as.
        var actor: String?
    }

    private struct Watcher {
        var visitor: Visitor
        let continuation: AsyncStream<ServerSentEvent>.Continuation
    }

    private struct State {
        var ledger: MarblesLedger
        var names = PartyNames()
        var runs: [RunLine] = []
        var isLedgerReachable = true
        var watchers: [UInt64: Watcher] = [:]
        var nextID: UInt64 = 0
    }

    /// Differs from ledger to ledger, so that nobody resumes in another one.
    let ledgerName: String
    private let state: Mutex<State>
    private let (presenceChanges, presenceChanged) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))

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
            // A function that was told of its transaction over HTTP names it in one line; the others are of the same invocation.
            if run.transaction == nil, !run.request.isEmpty {
                run.transaction =
                    state.runs.last { $0.request == run.request && $0.transaction != nil }?.transaction
            }
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

    /// Whether the node answers; told where that changes.
    func setLedgerReachable(_ isReachable: Bool) {
        state.withLock { state in
            guard state.isLedgerReachable != isReachable else { return }
            state.isLedgerReachable = isReachable
            Self.publish(.ledgerReachable(isReachable), in: &state)
        }
    }

    private static func publish(_ event: ServerSentEvent, in state: inout State) {
        for (id, watcher) in state.watchers {
            if case .enqueued = watcher.continuation.yield(event) { continue }
            watcher.continuation.finish()
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
    func subscribe(after lastEventID: String?, as visitor: Visitor = Visitor()) -> Subscription? {
        defer { presenceChanged.yield() }
        return state.withLock { state in
            guard state.watchers.count < Self.watcherCountMax else { return nil }
            if let client = visitor.client {
                let count = state.watchers.values.count { $0.visitor.client == client }
                guard count < Self.watcherCountMaxOfClient else { return nil }
            }
            state.nextID += 1
            let (events, continuation) = AsyncStream<ServerSentEvent>.makeStream(
                bufferingPolicy: .bufferingOldest(Self.eventCountMax))
            state.watchers[state.nextID] = Watcher(visitor: visitor, continuation: continuation)
            return Subscription(
                id: state.nextID, ledger: state.ledger, runs: state.runs,
                missedBlocks: missedBlocks(after: lastEventID, in: state.ledger), events: events,
                isLedgerReachable: state.isLedgerReachable)
        }
    }

    /// - Parameter id: of a ``Subscription``; one that has ended already changes nothing.
    func unsubscribe(_ id: UInt64) {
        state.withLock { $0.watchers.removeValue(forKey: id) }?.continuation.finish()
        presenceChanged.yield()
    }

    /// Ends all streams; their pages see a lost connection.
    func close() {
        let watchers = state.withLock { state in
            defer { state.watchers = [:] }
            return Array(state.watchers.values)
        }
        for watcher in watchers { watcher.continuation.finish() }
    }

    private func missedBlocks(after lastEventID: String?, in ledger: MarblesLedger) -> [BlockView]? {
        guard let lastEventID, let mark = lastEventID.lastIndex(of: "-"), lastEventID[..<mark] == ledgerName,
            let number = UInt64(lastEventID[lastEventID.index(after: mark)...]), number < ledger.height
        else { return nil }
        guard let first = ledger.blocks.first?.number, number + 1 >= first else { return nil }
        return Array(ledger.blocks.suffix(Int(ledger.height - number - 1)))
    }

    // MARK: - Presence

    /// A page acts as somebody else from now on.
    ///
    /// - Returns: whether there is such a page.
    func setActor(_ actor: String?, ofPage page: String) -> Bool {
        let isKnown = state.withLock { state in
            var isKnown = false
            for (id, watcher) in state.watchers where watcher.visitor.page == page {
                state.watchers[id]?.visitor.actor = actor
                isKnown = true
            }
            return isKnown
        }
        if isKnown { presenceChanged.yield() }
        return isKnown
    }

    /// Who looks on now.
    var presence: Presence {
        state.withLock { state in
            var presence = Presence()
            for case let watcher in state.watchers.values where watcher.visitor.page != nil {
                presence.pageCount += 1
                if let actor = watcher.visitor.actor, state.ledger.owners[actor] != nil {
                    presence.actors[actor, default: 0] += 1
                }
            }
            return presence
        }
    }

    /// Tells everybody who looks on, whenever that has changed, until it is cancelled. Many changes at once are told as one.
    func tellPresence(atMostEvery interval: Duration) async throws {
        for await _ in presenceChanges {
            tell(.json("presence", presence))
            try await Task.sleep(for: interval)
        }
    }
}

/// Who looks on, as pages are told.
struct Presence: Encodable, Hashable, Sendable {
    private enum CodingKeys: String, CodingKey {
        case pageCount = "pages"
        case actors
    }

    /// Open pages.
    var pageCount = 0
    /// Pages by the id of the owner whom they act as.
    var actors: [String: Int] = [:]
}
