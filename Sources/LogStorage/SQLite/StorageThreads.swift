internal import Dispatch
internal import LogCore
internal import Synchronization

/// One thread for blocking work, in order.
final class StorageThread: Sendable {
    private let queue: DispatchQueue

    init(label: String) {
        queue = DispatchQueue(label: label)
    }

    /// Runs the work and resumes the caller with its result. Cancellation does not stop work that was taken.
    func run<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try work() }) }
        }
    }

    func start(_ work: @escaping @Sendable () -> Void) {
        queue.async(execute: work)
    }
}

/// A fixed number of threads that run queries; further queries wait in order, and above a bound are refused.
final class QueryThreads: Sendable {
    private struct State {
        var idle: [StorageThread]
        var waiting: [CheckedContinuation<StorageThread, Never>] = []
    }

    static let waitingCountMax = 256
    private let state: Mutex<State>

    init(count: Int) {
        precondition(count > 0, "there is a thread to run queries on")
        state = Mutex(State(idle: (0..<count).map { StorageThread(label: "duet.logs.query.\($0)") }))
    }

    /// - Throws: ``LogStoreError`` with code `overloaded` when too many queries wait; else what the work throws.
    func run<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
        let thread = try await acquire()
        defer { release(thread) }
        return try await thread.run(work)
    }

    private func acquire() async throws -> StorageThread {
        let isFull = state.withLock { $0.idle.isEmpty && $0.waiting.count >= Self.waitingCountMax }
        guard !isFull else {
            throw LogStoreError(
                code: .overloaded,
                message: "More than \(Self.waitingCountMax) queries are waiting. Repeat this one later.")
        }
        return await withCheckedContinuation { continuation in
            let thread = state.withLock { state -> StorageThread? in
                if let thread = state.idle.popLast() { return thread }
                state.waiting.append(continuation)
                return nil
            }
            if let thread { continuation.resume(returning: thread) }
        }
    }

    private func release(_ thread: StorageThread) {
        let next = state.withLock { state -> CheckedContinuation<StorageThread, Never>? in
            if state.waiting.isEmpty {
                state.idle.append(thread)
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.resume(returning: thread)
    }
}
