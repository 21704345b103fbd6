internal import LogCore
internal import Synchronization

/// Tells live tails that their logstore was written to.
final class WriteSignals: Sendable {
    private struct State {
        var tails: [Int64: [UInt64: AsyncStream<Void>.Continuation]] = [:]
        var nextID: UInt64 = 0
        var count = 0
    }

    private let countMax: Int
    private let state = Mutex(State())

    init(countMax: Int) {
        self.countMax = countMax
    }

    var count: Int { state.withLock { $0.count } }

    func written(to logstoreNumber: Int64) {
        let tails = state.withLock { $0.tails[logstoreNumber].map { Array($0.values) } ?? [] }
        for tail in tails { tail.yield() }
    }

    /// Gives `body` a stream that has an element after each write; several writes may come as one. The continuation lets the
    /// caller wake itself.
    func withSignals<T>(
        of logstoreNumber: Int64, _ body: (AsyncStream<Void>, AsyncStream<Void>.Continuation) async throws -> T
    ) async throws -> T {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let id = state.withLock { state -> UInt64? in
            guard state.count < countMax else { return nil }
            state.count += 1
            state.nextID += 1
            state.tails[logstoreNumber, default: [:]][state.nextID] = continuation
            return state.nextID
        }
        guard let id else {
            throw LogServiceError(code: .tooMany, message: "\(countMax) live tails are open; close one first.")
        }
        defer {
            state.withLock { state in
                state.count -= 1
                state.tails[logstoreNumber]?[id] = nil
                if state.tails[logstoreNumber]?.isEmpty == true { state.tails[logstoreNumber] = nil }
            }
        }
        return try await body(stream, continuation)
    }
}
