package import FabricTypes
internal import LedgerCore
internal import Synchronization

/// Answers the envelopes of one stream in their order while several of them are on their way.
///
/// A client may send envelope after envelope without waiting for answers. Each is durable when it is answered, so to wait for
/// one before the next is looked at would make a block of each. At most ``unansweredCountMax`` are on their way: the stream
/// is not read further until the oldest is answered. The first refusal ends the stream, as with a stock orderer; envelopes
/// sent behind it may have been ordered.
package struct BroadcastStream: Sendable {
    package static let unansweredCountMax = 512

    private let orderer: Orderer

    package init(_ orderer: Orderer) {
        self.orderer = orderer
    }

    /// Serves the stream until the client has sent its last envelope and got its last answer, or one is refused.
    ///
    /// - Throws: what `envelopes` and `respond` throw; `CancellationError`.
    package func serve<Envelopes: AsyncSequence & Sendable>(
        _ envelopes: Envelopes, respond: @escaping @Sendable (BroadcastResponse) async throws -> Void
    ) async throws where Envelopes.Element == Bytes {
        // Never holds more than may be unanswered.
        let (answers, continuation) = AsyncStream.makeStream(of: PendingAnswer.self)
        let given = HeightFeed(height: 0)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask { [orderer] in
                defer { continuation.finish() }
                var takenCount: UInt64 = 0
                for try await envelope in envelopes {
                    let answer = PendingAnswer()
                    continuation.yield(answer)
                    orderer.submit(envelope) { answer.fill($0) }
                    takenCount += 1
                    if takenCount >= UInt64(Self.unansweredCountMax) {
                        _ = try await given.wait(above: takenCount - UInt64(Self.unansweredCountMax))
                    }
                }
                return false
            }
            group.addTask {
                var givenCount: UInt64 = 0
                for await pending in answers {
                    let answer = await pending.value
                    try await respond(answer)
                    if answer.status != .success { break }
                    givenCount += 1
                    given.raise(to: givenCount)
                }
                return true
            }
            // Once everything is answered, or something refused, nothing more is read.
            while let isDone = try await group.next(), !isDone {}
            group.cancelAll()
        }
    }
}

/// The answer to one envelope, waited for by one task. Orderers answer everything, so waiting ends.
private final class PendingAnswer: Sendable {
    private enum State {
        case open
        case awaited(CheckedContinuation<BroadcastResponse, Never>)
        case filled(BroadcastResponse)
    }

    private let state = Mutex(State.open)

    func fill(_ answer: BroadcastResponse) {
        let waiter: CheckedContinuation<BroadcastResponse, Never>? = state.withLock { state in
            defer { state = .filled(answer) }
            if case .awaited(let continuation) = state { return continuation }
            return nil
        }
        waiter?.resume(returning: answer)
    }

    var value: BroadcastResponse {
        get async {
            await withCheckedContinuation { continuation in
                let answer: BroadcastResponse? = state.withLock { state in
                    if case .filled(let answer) = state { return answer }
                    state = .awaited(continuation)
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        }
    }
}
