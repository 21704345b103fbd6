internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1

extension NodeClient {
    private static let pauseFirst = Duration.milliseconds(200)
    private static let pauseMax = Duration.seconds(5)

    /// Follows a stream of events until the task is cancelled, taking it up again behind the last event after every break.
    ///
    /// - Parameters:
    ///   - onBreak: Called before the first attempt after a break.
    ///   - onEvent: Called for one event after the other; the stream waits for it.
    /// - Throws: As ``call(_:_:query:body:)`` when the stream cannot be begun at all or the node refuses to take it up
    ///   again; what `onEvent` throws; `CancellationError`.
    func follow(
        _ path: [String], query: [(name: String, value: String?)] = [], onBreak: () -> Void,
        onEvent: (ServerSentEvent) async throws -> Void
    ) async throws -> Never {
        var lastID: String?
        var hasBegun = false
        var pause = Self.pauseFirst
        while true {
            do {
                try await stream(path, query: query, lastID: &lastID) { event in
                    hasBegun = true
                    pause = Self.pauseFirst
                    if let event { try await onEvent(event) }
                }
            } catch let error as CommandError where error.status == .unreachable && hasBegun {
                // Broke, or is not there again yet.
            } catch let refusal as NodeRefusal where refusal.exitStatus == .unreachable && hasBegun {
                // A proxy before the node says that it is not there, or the node that it is overloaded.
            }
            if pause == Self.pauseFirst { onBreak() }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, Self.pauseMax)
        }
    }

    /// One connection. `onEvent` is called with nil when it stands.
    private func stream(
        _ path: [String], query: [(name: String, value: String?)], lastID: inout String?,
        onEvent: (ServerSentEvent?) async throws -> Void
    ) async throws {
        var request = self.request(.get, path, query: query)
        request.headers.add(name: "Accept", value: "text/event-stream")
        if let lastID { request.headers.add(name: "Last-Event-ID", value: lastID) }
        let response = try await send(request)
        guard response.status == .ok else { throw refusal(response, try await bytes(of: response)) }
        try await onEvent(nil)
        var events = ServerSentEvents()
        var chunks = response.body.makeAsyncIterator()
        while true {
            let found: [ServerSentEvent]
            do {
                guard let chunk = try await chunks.next() else { return }
                found = try events.append(chunk.readableBytesView)
            } catch let error as CancellationError {
                throw error
            } catch is ServerSentEvents.TooLong {
                throw CommandError(.failed, "An event of \(address) is larger than 64 MiB.")
            } catch {
                throw unreachable(error)
            }
            for event in found {
                try await onEvent(event)
                // Only what was taken counts as seen.
                lastID = event.id
            }
            lastID = events.lastID ?? lastID
        }
    }
}
