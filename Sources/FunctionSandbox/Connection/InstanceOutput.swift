internal import FunctionCore
internal import Synchronization

/// Where the lines of an instance go. What is written before a function is in it goes nowhere.
///
/// Bounded whatever the bootstrap inside does, which a function can do without: it speaks for itself on the instance's socket.
final class InstanceOutput: Sendable {
    private struct State {
        var sink: (@Sendable (OutputLine) -> Void)?
        var byteCountMax = OutputBudget.byteCountMax
        var keptByteCount = 0
        var droppedByteCount = 0
    }

    private let state = Mutex(State())

    /// - Parameter concurrency: invocations that run at once, each of which may print ``OutputBudget/byteCountMax``.
    func attach(concurrency: Int, _ sink: @escaping @Sendable (OutputLine) -> Void) {
        state.withLock { state in
            state.sink = sink
            // What is printed past the bootstrap and the platform's own lines come on top.
            state.byteCountMax = (max(1, concurrency) + 1) * OutputBudget.byteCountMax + (1 << 16)
        }
    }

    func write(_ line: OutputLine) {
        let sink = state.withLock { state -> (@Sendable (OutputLine) -> Void)? in
            guard state.keptByteCount + line.text.utf8.count <= state.byteCountMax else {
                state.droppedByteCount += line.text.utf8.count
                return nil
            }
            // A line of nothing costs too.
            state.keptByteCount += line.text.utf8.count + 16
            return state.sink
        }
        sink?(line)
    }

    /// A new invocation may print anew.
    ///
    /// - Returns: what was dropped since the last, bytes.
    func renew() -> Int {
        state.withLock { state in
            defer { (state.keptByteCount, state.droppedByteCount) = (0, 0) }
            return state.droppedByteCount
        }
    }
}
