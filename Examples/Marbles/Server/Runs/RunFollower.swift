internal import Foundation
internal import Logging

/// Follows what functions write, and tells the pages of it.
struct RunFollower: Sendable {
    private static let pause = Duration.seconds(2)
    /// Invocations of one transaction whose other lines are asked for.
    private static let requestCountMax = 20

    let node: NodeAPI
    let feed: LiveFeed
    let project: String
    let store: String
    let logger: Logger

    /// Follows until it is cancelled. While there is no such logstore, looks for it now and then: it comes with the template.
    func run() async {
        let position = LastID()
        while !Task.isCancelled {
            do {
                try await node.events(
                    ["api", "logs", "projects", project, "stores", store, "tail"], query: ["since": "1h"],
                    lastEventID: await position.id
                ) { id, data in
                    await position.set(id)
                    let entry = try JSONDecoder().decode(LogEntryAnswer.self, from: Data(data.utf8))
                    feed.take(entry.run)
                }
            } catch {
                logger.debug("Functions' lines cannot be followed", metadata: ["error": "\(error)"])
            }
            try? await Task.sleep(for: Self.pause)  // cancelled: the loop ends
        }
    }

    /// All lines of one transaction's functions, the oldest first.
    ///
    /// - Throws: ``NodeAPI/Failure``.
    func runs(ofTransaction id: String) async throws -> [RunLine] {
        let named = try await lines("\"\(id)\"", order: "oldest")
        // What tells of an invocation as a whole need not name the transaction.
        let told = Set(named.filter { $0.milliseconds != nil }.map(\.request))
        let requests = Set(named.map(\.request)).subtracting(told).filter { !$0.isEmpty }.sorted()
        guard !requests.isEmpty else { return named }
        let query = requests.prefix(Self.requestCountMax).map { "requestId: \"\($0)\"" }.joined(separator: " or ")
        let cursors = Set(named.map(\.cursor))
        return named + (try await lines(query, order: "oldest")).filter { !cursors.contains($0.cursor) }
    }

    /// The newest lines that match, the newest first.
    ///
    /// - Parameter text: a search in the log service's words, such as `functionName: houseRule and refused`; all lines if it is empty.
    /// - Throws: ``NodeAPI/Failure``, with status 400 for a search that cannot be read.
    func runs(matching text: String) async throws -> [RunLine] {
        try await lines(text.isEmpty ? "*" : text, order: "newest")
    }

    /// While there is no such logstore there are no lines.
    private func lines(_ query: String, order: String) async throws -> [RunLine] {
        do {
            let answer = try await node.call(
                ["api", "logs", "projects", project, "stores", store, "entries"],
                query: ["query": query, "since": "31d", "limit": "200", "order": order], as: LogAnswer.self)
            return answer.entries.map(\.run)
        } catch let failure as NodeAPI.Failure where failure.status == 404 {
            return []
        }
    }

    /// Events come one after another; the actor only carries the position across attempts.
    private actor LastID {
        private(set) var id: String?

        func set(_ id: String?) {
            self.id = id ?? self.id
        }
    }
}

/// What the node's API tells of a log entry.
private struct LogEntryAnswer: Decodable {
    let time: String
    let cursor: String
    let fields: [String: String]

    var run: RunLine { RunLine(cursor: cursor, time: time, fields: fields) }
}

private struct LogAnswer: Decodable {
    let entries: [LogEntryAnswer]
}
