internal import Synchronization

/// Connections to day files that are open for reading, kept for the next query; at most 32 idle ones.
final class ReaderConnections: Sendable {
    /// Unchecked: an idle connection is in nobody's hands, and taking it out hands it to one user.
    private struct Idle: @unchecked Sendable {
        let connection: SQLiteConnection
    }

    private static let idleCountMax = 32
    private let idle = Mutex<[Idle]>([])

    /// Lends a connection to the file for the duration of `body`.
    func withConnection<T>(to path: String, _ body: (SQLiteConnection) throws -> T) throws -> T {
        let connection = try borrow(path)
        let result = try body(connection)
        // Only after success: a connection that failed is closed, not used again.
        giveBack(connection)
        return result
    }

    /// Takes a connection to the file, kept or new. Belongs to the caller until it is given back or dropped.
    func borrow(_ path: String) throws -> SQLiteConnection {
        let kept = idle.withLock { idle -> Idle? in
            idle.lastIndex { $0.connection.path == path }.map { idle.remove(at: $0) }
        }
        return try kept?.connection ?? SQLiteConnection(path: path, mode: .reading)
    }

    func giveBack(_ connection: SQLiteConnection) {
        let lent = Idle(connection: connection)
        idle.withLock { idle in
            idle.append(lent)
            if idle.count > Self.idleCountMax { idle.removeFirst() }
        }
    }

    /// Closes what is idle below a folder, or of one file.
    func close(under path: String) {
        idle.withLock { idle in
            idle.removeAll { $0.connection.path == path || $0.connection.path.hasPrefix(path + "/") }
        }
    }
}
