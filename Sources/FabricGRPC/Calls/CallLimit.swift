internal import Synchronization

/// Bounds how many calls run at once. Above the bound calls are refused, never queued.
package final class CallLimit: Sendable {
    package let countMax: Int
    /// As refusals name it: `/gateway.Gateway`.
    package let name: String
    private let running = Mutex(0)

    package init(name: String, countMax: Int) {
        precondition(countMax > 0, "a limit lets something through")
        self.name = name
        self.countMax = countMax
    }

    package var runningCount: Int { running.withLock { $0 } }

    /// Takes a place, to be given back by ``leave()``.
    ///
    /// - Throws: ``RPCFailure`` `resourceExhausted`, worth a retry later.
    func enter() throws(RPCFailure) {
        let isAdmitted = running.withLock { running in
            guard running < countMax else { return false }
            running += 1
            return true
        }
        guard isAdmitted else {
            throw RPCFailure(
                .resourceExhausted, "too many requests for \(name), exceeding concurrency limit (\(countMax))")
        }
    }

    func leave() {
        running.withLock { $0 -= 1 }
    }
}
