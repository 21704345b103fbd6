internal import NIOCore
internal import Synchronization

/// What one instance may take of the node through one socket at once: connections, and bytes of bodies that are not whole yet.
///
/// A function can open its sockets as often as it likes, and send to each without end.
final class InstanceBounds: Sendable {
    /// More connections are closed at once. A runtime opens one per request that it works on, of which there are 100 at most.
    static let connectionCountMax = 128
    /// Two answers of the largest size.
    static let byteCountMax = 2 * OversizedHTTPMessage.byteCountMax

    /// A connection beyond ``connectionCountMax``.
    struct TooManyConnections: Error {}

    private let held = Mutex((connectionCount: 0, byteCount: 0))

    /// Counts `connection` for as long as it is open.
    func admit(_ connection: any Channel) throws(TooManyConnections) {
        let isAdmitted = held.withLock { held in
            guard held.connectionCount < Self.connectionCountMax else { return false }
            held.connectionCount += 1
            return true
        }
        guard isAdmitted else { throw TooManyConnections() }
        connection.closeFuture.whenComplete { [self] _ in held.withLock { $0.connectionCount -= 1 } }
    }

    /// Whether `byteCount` more bytes may be kept; what was taken must be given back.
    func take(_ byteCount: Int) -> Bool {
        held.withLock { held in
            guard held.byteCount + byteCount <= Self.byteCountMax else { return false }
            held.byteCount += byteCount
            return true
        }
    }

    func giveBack(_ byteCount: Int) {
        held.withLock { $0.byteCount -= byteCount }
    }
}
