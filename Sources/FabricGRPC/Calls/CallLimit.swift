internal import Synchronization

/// Bounds how many calls run at once. Above the bound calls are refused, never queued.
///
/// A call that has sent nothing yet holds its place only while nobody else wants it: at the bound the one that has been
/// silent longest makes room. So callers that open streams and leave them idle keep nobody out. Safe to use from any thread.
package final class CallLimit: Sendable {
    /// How a call is counted; given back by ``leave(_:)``.
    struct Ticket: Sendable {
        fileprivate let number: UInt64
    }

    private struct State {
        var runningCount = 0
        /// Calls that have sent nothing yet, by the order in which they came.
        var silent: [UInt64: CallPlace] = [:]
        /// Calls that have lost their place and not left yet.
        var displaced: Set<UInt64> = []
        var next: UInt64 = 0
        /// No silent call is older.
        var oldest: UInt64 = 0
        var refusedCount = 0
    }

    package let countMax: Int
    /// As refusals name it: `/gateway.Gateway`.
    package let name: String
    private let state = Mutex(State())

    package init(name: String, countMax: Int) {
        precondition(countMax > 0, "a limit lets something through")
        self.name = name
        self.countMax = countMax
    }

    package var runningCount: Int { state.withLock { $0.runningCount } }
    /// Calls that were turned away or lost their place.
    package var refusedCount: Int { state.withLock { $0.refusedCount } }

    /// Takes a place.
    ///
    /// - Throws: ``RPCFailure`` `resourceExhausted`, worth a retry later.
    func enter(_ place: CallPlace) throws(RPCFailure) -> Ticket {
        let (number, loser) = state.withLock { state -> (UInt64?, CallPlace?) in
            var loser: CallPlace?
            if state.runningCount >= countMax {
                state.refusedCount += 1
                loser = Self.takeOldest(&state)
                guard loser != nil else { return (nil, nil) }
            } else {
                state.runningCount += 1
            }
            let number = state.next
            state.next += 1
            state.silent[number] = place
            return (number, loser)
        }
        loser?.displace(refusal)
        guard let number else { throw refusal }
        return Ticket(number: number)
    }

    /// The call has sent something: it keeps its place to its end.
    ///
    /// - Returns: false if it has lost its place already.
    func hear(_ ticket: Ticket) -> Bool {
        state.withLock { state in
            state.silent[ticket.number] = nil
            return !state.displaced.contains(ticket.number)
        }
    }

    func leave(_ ticket: Ticket) {
        state.withLock { state in
            guard state.displaced.remove(ticket.number) == nil else { return }
            state.silent[ticket.number] = nil
            state.runningCount -= 1
        }
    }

    private static func takeOldest(_ state: inout State) -> CallPlace? {
        while state.oldest < state.next {
            defer { state.oldest += 1 }
            guard let place = state.silent.removeValue(forKey: state.oldest) else { continue }
            state.displaced.insert(state.oldest)
            return place
        }
        return nil
    }

    private var refusal: RPCFailure {
        RPCFailure(.resourceExhausted, "too many requests for \(name), exceeding concurrency limit (\(countMax))")
    }
}

/// One call under the limits it counts for: of its service, and of its listener.
///
/// Safe to use from any thread.
final class CallPlace: Sendable {
    private struct State {
        var cancel: (@Sendable () -> Void)?
        var refusal: RPCFailure?
    }

    private let state = Mutex(State())

    /// Why the call lost its place; nil while it has it.
    var refusal: RPCFailure? { state.withLock { $0.refusal } }

    /// - Parameter cancel: ends the call; called at once if it has lost its place already.
    func onDisplacement(_ cancel: @escaping @Sendable () -> Void) {
        let isLate = state.withLock { state in
            state.cancel = cancel
            return state.refusal != nil
        }
        if isLate { cancel() }
    }

    func displace(_ refusal: RPCFailure) {
        let cancel = state.withLock { state in
            state.refusal = refusal
            return state.cancel
        }
        cancel?()
    }
}
