internal import Subprocess
internal import Synchronization
internal import SystemPackage

/// The way out of one sandbox: a helper that runs as long as the sandbox does.
final class SandboxNetwork: Sendable {
    private enum State {
        case starting([CheckedContinuation<Bool, Never>])
        case settled(isReady: Bool)
    }

    private let state = Mutex(State.starting([]))
    private let helper: NetworkHelper
    private let user: Bubblewrap.User
    private let marker: [String: String]
    private let stops: AsyncStream<Void>
    private let stopper: AsyncStream<Void>.Continuation

    init(helper: NetworkHelper, user: Bubblewrap.User, marker: [String: String]) {
        self.helper = helper
        self.user = user
        self.marker = marker
        (stops, stopper) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// The sandbox has ended, and with it the need for a way out.
    func stop() {
        stopper.finish()
    }

    /// Runs the helper until ``stop()`` or until cancelled.
    ///
    /// - Parameter processID: a process inside the sandbox, as the host numbers it.
    func run(into processID: Int32) async {
        let (executable, arguments) = helper.command(into: processID, as: user)
        let environment = marker.merging(["PATH": InstanceEnvironment.searchPath]) { own, _ in own }
        do {
            var options = PlatformOptions()
            options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(1))]
            _ = try await Subprocess.run(
                .path(FilePath(executable)), arguments: Arguments(arguments),
                environment: .custom(
                    Dictionary(uniqueKeysWithValues: environment.map { (.init(stringLiteral: $0), $1) })),
                platformOptions: options, input: .inputWriter, output: .sequence, error: .discarded
            ) { execution in
                let input = execution.standardInputWriter
                try await withThrowingTaskGroup { group in
                    group.addTask {
                        for await _ in self.stops { break }
                        try await input.finish()
                    }
                    // It goes on after its last word, until the sandbox has ended.
                    for try await buffer in execution.standardOutput
                    where self.helper.isReady(buffer.withUnsafeBytes { Array($0) }) {
                        self.settle(true)
                    }
                    self.settle(false)
                    try await group.waitForAll()
                }
            }
        } catch {
            // Told by its not becoming ready.
        }
        settle(false)
    }

    /// Waits until the sandbox has its network; false if it gets none.
    func waitUntilReady() async -> Bool {
        await withCheckedContinuation { continuation in
            let settled = state.withLock { state -> Bool? in
                switch state {
                case .settled(let isReady): return isReady
                case .starting(let waiters):
                    state = .starting(waiters + [continuation])
                    return nil
                }
            }
            if let settled { continuation.resume(returning: settled) }
        }
    }

    private func settle(_ isReady: Bool) {
        let waiters = state.withLock { state -> [CheckedContinuation<Bool, Never>] in
            guard case .starting(let waiters) = state else { return [] }
            state = .settled(isReady: isReady)
            return waiters
        }
        for waiter in waiters { waiter.resume(returning: isReady) }
    }
}
