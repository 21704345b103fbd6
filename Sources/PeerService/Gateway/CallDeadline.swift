/// Ends work that waits when its caller stops waiting.
enum CallDeadline {
    /// The deadline came first.
    struct Passed: Error {}

    /// Runs `work`, cancelling it at the deadline; waits for it to end in any case.
    ///
    /// - Throws: ``Passed``; whatever `work` throws.
    static func run<Result: Sendable>(
        until deadline: ContinuousClock.Instant?, _ work: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        guard let deadline else { return try await work() }
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            defer { group.cancelAll() }
            group.addTask { try await work() }
            group.addTask {
                try await ContinuousClock().sleep(until: deadline)
                return nil
            }
            guard let first = try await group.next(), let result = first else { throw Passed() }
            return result
        }
    }
}
