internal import Synchronization

/// Callers that wait for events by their payload, each for one. Safe to use from any thread.
final class EventWaits: Sendable {
    // Nil once no more events come.
    private let continuations = Mutex<[String: AsyncStream<Void>.Continuation]?>([:])

    /// An event has come. One that nobody waits for is passed over.
    func come(_ payload: String) {
        continuations.withLock { $0?.removeValue(forKey: payload) }?.finish()
    }

    func close() {
        let all = continuations.withLock { $0.take() }
        for continuation in all?.values ?? [:].values { continuation.finish() }
    }

    /// Runs the body, then waits for the event that it causes.
    func wait(for payload: String, causedBy body: () async throws -> Void) async throws {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        continuations.withLock { continuations in
            if continuations == nil { continuation.finish() } else { continuations?[payload] = continuation }
        }
        defer { continuations.withLock { $0?[payload] = nil } }
        try await body()
        for await _ in stream {}
    }
}
