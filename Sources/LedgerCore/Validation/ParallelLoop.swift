/// Runs many independent, pure computations, as many at once as its owner allows.
///
/// The rules below this import no threads; whoever calls them brings this along, for example around Dispatch's
/// `concurrentPerform`.
package struct ParallelLoop: Sendable {
    /// Calls the body once for every number below the count, in any order, and returns when all calls have returned.
    package typealias Run = @Sendable (_ count: Int, _ body: @Sendable (Int) -> Void) -> Void

    private let run: Run

    package init(_ run: @escaping Run) {
        self.run = run
    }

    /// One after another, on the caller's thread.
    package static let serial = ParallelLoop { count, body in
        for index in 0..<count { body(index) }
    }

    /// The results for `0 ..< count`, in order.
    package func map<Result: Sendable>(_ count: Int, _ transform: @Sendable (Int) -> Result) -> [Result] {
        // A lone computation is not worth waking a thread.
        guard count > 1 else { return (0..<count).map(transform) }
        return Array(unsafeUninitializedCapacity: count) { buffer, initializedCount in
            // Every call writes an element of its own, and all have returned before the buffer is read: nothing is shared.
            nonisolated(unsafe) let base = buffer.baseAddress
            run(count) { index in
                base?.advanced(by: index).initialize(to: transform(index))
            }
            initializedCount = count
        }
    }
}
