internal import NIOPosix

/// Runs work that blocks, such as walking `/proc`, off the cooperative threads.
enum BlockingWork {
    static func run<Result: Sendable>(_ work: @escaping @Sendable () -> Result) async -> Result {
        do {
            return try await NIOThreadPool.singleton.runIfActive { work() }
        } catch {
            // The pool of the process is never shut down.
            return work()
        }
    }
}
