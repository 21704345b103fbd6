/// A value that comes once and is waited for by one task.
struct OneShot<Value: Sendable>: Sendable {
    private let stream: AsyncStream<Value>
    private let continuation: AsyncStream<Value>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(1))
    }

    func fulfil(_ value: Value) {
        continuation.yield(value)
        continuation.finish()
    }

    /// Nil if the waiting task is cancelled.
    var value: Value? {
        get async {
            for await value in stream { return value }
            return nil
        }
    }
}
