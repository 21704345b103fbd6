internal import Synchronization

/// A read connection that several threads share, one at a time.
final class LockedReader: Sendable {
    private struct Held: @unchecked Sendable {
        // Used under the mutex only.
        let reader: ReadConnection
    }

    private let held: Mutex<Held>

    init(_ reader: ReadConnection) {
        held = Mutex(Held(reader: reader))
    }

    func use<Result: Sendable>(_ body: (ReadConnection) throws -> Result) throws -> Result {
        try held.withLock { try body($0.reader) }
    }
}
