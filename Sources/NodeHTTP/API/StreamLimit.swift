internal import HTTPTypes
internal import Synchronization

/// Bounds how many streams of events one client has open at a time, so that none can use up the node's connections.
///
/// A client is an access key, or without one the address that calls. Safe to use from any thread.
final class StreamLimit: Sendable {
    /// Several windows of a console for each of a person's machines, and programs besides.
    static let countMaxDefault = 100

    private let countMax: Int
    /// Clients that have streams.
    private let counts = Mutex<[String: Int]>([:])

    init(countMax: Int = countMaxDefault) {
        self.countMax = countMax
    }

    /// A place among the client's streams, given back with the last reference to it.
    final class Place: Sendable {
        private let limit: StreamLimit
        private let client: String

        fileprivate init(_ limit: StreamLimit, _ client: String) {
            self.limit = limit
            self.client = client
        }

        deinit {
            limit.giveBack(client)
        }
    }

    /// - Throws: ``APIError`` where the client has as many streams as it may.
    func place(for client: String) throws(APIError) -> Place {
        let isFree = counts.withLock { counts in
            let count = counts[client, default: 0]
            guard count < countMax else { return false }
            counts[client] = count + 1
            return true
        }
        guard isFree else {
            throw APIError(
                status: .tooManyRequests, code: "TooManyStreams",
                message: "This client has \(countMax) streams of events open, as many as it may: close one first.")
        }
        return Place(self, client)
    }

    private func giveBack(_ client: String) {
        counts.withLock { counts in
            let count = counts[client, default: 1] - 1
            counts[client] = count > 0 ? count : nil
        }
    }
}
