internal import FunctionCore
internal import Synchronization

/// Where the lines of an instance go. What is written before a function is in it goes nowhere.
final class InstanceOutput: Sendable {
    private let sink = Mutex<(@Sendable (OutputLine) -> Void)?>(nil)

    func attach(_ sink: @escaping @Sendable (OutputLine) -> Void) {
        self.sink.withLock { $0 = sink }
    }

    func write(_ line: OutputLine) {
        let sink = sink.withLock { $0 }
        sink?(line)
    }
}
