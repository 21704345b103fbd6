internal import Synchronization

/// How many bytes of large messages may be on their way in at once, over all calls of a server.
final class ArrivalBudget: Sendable {
    private let byteCountMax: Int
    private let taken = Mutex(0)

    init(byteCountMax: Int) {
        self.byteCountMax = byteCountMax
    }

    var takenByteCount: Int { taken.withLock { $0 } }

    /// - Returns: whether there was room; nothing is taken otherwise.
    func take(_ byteCount: Int) -> Bool {
        taken.withLock { taken in
            guard byteCountMax - taken >= byteCount else { return false }
            taken += byteCount
            return true
        }
    }

    func giveBack(_ byteCount: Int) {
        taken.withLock { $0 -= byteCount }
    }
}
