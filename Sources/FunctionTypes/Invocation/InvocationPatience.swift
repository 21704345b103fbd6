internal import Synchronization

/// How long somebody waits for an invocation's answer, and how far it came meanwhile.
///
/// Told by the platform, read by the one who waits, on any threads. Who gives up early cancels the task of the invocation; it then
/// leaves the queue at once. One that runs is ended when the time is over.
package final class InvocationPatience: Sendable {
    package enum Phase: Sendable, Hashable {
        case handedOver
        /// For an instance, of which there are so many; one may be starting for this invocation.
        case waiting(instanceCount: Int, isStarting: Bool)
        case running
        /// It ran, and was ended since the time was over.
        case ended
    }

    /// From the moment at which the invocation is handed to the platform.
    package let limit: Duration
    private let current = Mutex(Phase.handedOver)

    package init(limit: Duration) {
        self.limit = limit
    }

    package var phase: Phase {
        get { current.withLock { $0 } }
        set { current.withLock { $0 = newValue } }
    }

    /// Why nothing of the function ran, without a full stop; nil where something did.
    package func waitingReason(_ target: FunctionTarget) -> String? {
        guard case .waiting(let instanceCount, let isStarting) = phase else { return nil }
        let name = "\(target.id.service)/\(target.id.function)"
        if isStarting { return "no instance of \(name) had started within \(limitText)" }
        return switch instanceCount {
        case 0: "the node had no room for an instance of \(name) for \(limitText)"
        case 1: "the only instance of \(name) was busy for \(limitText)"
        default: "all \(instanceCount) instances of \(name) were busy for \(limitText)"
        }
    }

    /// Such as "2 s" or "700 ms".
    package var limitText: String {
        let (seconds, attoseconds) = limit.components
        let milliseconds = attoseconds / 1_000_000_000_000_000
        return milliseconds == 0 ? "\(seconds) s" : "\(seconds &* 1_000 &+ milliseconds) ms"
    }
}
