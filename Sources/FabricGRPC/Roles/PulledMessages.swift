internal import FabricTypes

/// Turns a call that pushes messages into a source from which they are pulled, one at a time.
///
/// The call begins with the first pull and runs ahead by at most one message. It is cancelled when the puller's task is, or
/// when nobody holds the source any more.
///
/// Unchecked: one task at a time pulls, and only it touches the mutable parts.
final class PulledMessages: @unchecked Sendable {
    typealias HandOver = @Sendable (Bytes) async throws -> Void

    private let produce: @Sendable (@escaping HandOver) async throws -> Void
    private let places: AsyncStream<Void>.Continuation
    private let freePlaces: AsyncStream<Void>
    private let arrivals: AsyncThrowingStream<Bytes, any Error>.Continuation
    private var arrived: AsyncThrowingStream<Bytes, any Error>.Iterator
    private var task: Task<Void, Never>?

    /// - Parameter produce: runs the call and hands its messages over, each time waiting until there is a place.
    init(_ produce: @escaping @Sendable (@escaping HandOver) async throws -> Void) {
        self.produce = produce
        (freePlaces, places) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(1))
        // Places bound what is handed over: the one that was pulled, and one more.
        let (stream, continuation) = AsyncThrowingStream.makeStream(
            of: Bytes.self, throwing: (any Error).self, bufferingPolicy: .bufferingOldest(2))
        arrivals = continuation
        arrived = stream.makeAsyncIterator()
    }

    deinit {
        task?.cancel()
    }

    /// The next message; nil when the call has ended well.
    ///
    /// - Throws: what the call threw; `CancellationError`.
    func next() async throws -> Bytes? {
        try Task.checkCancellation()
        let task = start()
        places.yield()
        return try await withTaskCancellationHandler {
            let message = try await arrived.next(isolation: nil)
            try Task.checkCancellation()
            return message
        } onCancel: {
            task.cancel()
        }
    }

    private func start() -> Task<Void, Never> {
        if let task { return task }
        // Ends with the call; `deinit` cancels it, since a stream that is dropped tells nobody.
        let task = Task { [produce, freePlaces, arrivals] in
            do {
                try await produce { message in
                    arrivals.yield(message)
                    // Waits for the next pull, so that no more than one message lies ahead.
                    guard await freePlaces.first(where: { _ in true }) != nil else { throw CancellationError() }
                }
                arrivals.finish()
            } catch {
                arrivals.finish(throwing: error)
            }
        }
        self.task = task
        return task
    }
}
