internal import Subprocess
internal import Synchronization
internal import SystemPackage

/// The way out of one sandbox: slirp4netns, which carries its packets as the node's user would, except to the host's loopback.
final class SandboxNetwork: Sendable {
    private enum State {
        case starting([CheckedContinuation<Bool, Never>])
        case settled(isReady: Bool)
    }

    private let state = Mutex(State.starting([]))
    private let helper: String
    private let marker: [String: String]
    private let stops: AsyncStream<Void>
    private let stopper: AsyncStream<Void>.Continuation

    init(helper: String, marker: [String: String]) {
        self.helper = helper
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
        do {
            // It ends with its input, and so also when the node is killed.
            _ = try await Subprocess.run(
                .path(FilePath(helper)),
                arguments: [
                    "--configure", "--mtu=65520", "--disable-host-loopback", "--enable-sandbox", "--enable-seccomp",
                    "--ready-fd=1", "--exit-fd=0", "\(processID)", "tap0",
                ],
                environment: .custom(Dictionary(uniqueKeysWithValues: marker.map { (.init(stringLiteral: $0), $1) })),
                input: .inputWriter, output: .sequence, error: .discarded
            ) { execution in
                // It may say other things first, which end with a line.
                for try await buffer in execution.standardOutput
                where buffer.withUnsafeBytes({ $0.last == UInt8(ascii: "1") }) {
                    self.settle(true)
                }
                self.settle(false)
                // It goes on after its last word, until the sandbox has ended.
                for await _ in self.stops { break }
                try await execution.standardInputWriter.finish()
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
