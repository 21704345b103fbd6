import NIOCore
import NIOPosix
import Synchronization
import Testing

/// An HTTP server on a free port that notes what it is sent, and answers as it was told, then with 204.
final class WebHook: Sendable {
    struct Received {
        let head: String
        let body: String
    }

    private struct State {
        var received: [Received] = []
        var answers: [Int]
    }

    let address: String
    private let state: Mutex<State>

    var received: [Received] { state.withLock { $0.received } }

    private init(port: Int, answers: [Int]) {
        address = "http://127.0.0.1:\(port)/hook?a=b"
        state = Mutex(State(answers: answers))
    }

    /// - Parameter answers: Statuses of the first answers; one above 999 closes the connection instead.
    static func run(answers: [Int], _ body: (WebHook) async throws -> Void) async throws {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        let hook = WebHook(port: try #require(server.channel.localAddress?.port), answers: answers)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await server.executeThenClose { connections in
                    try await withThrowingDiscardingTaskGroup { group in
                        for try await connection in connections { group.addTask { try await hook.serve(connection) } }
                    }
                }
            }
            let outcome = await Result { try await body(hook) }
            group.cancelAll()
            // Its connections end with errors of their own when they are cut off.
            while let ended = await group.nextResult() { _ = ended }
            try outcome.get()
        }
    }

    private func serve(_ connection: NIOAsyncChannel<ByteBuffer, ByteBuffer>) async throws {
        try await connection.executeThenClose { inbound, outbound in
            var text = ""
            for try await bytes in inbound {
                text += String(buffer: bytes)
                while let request = Self.takeRequest(&text) {
                    let status = state.withLock { state in
                        state.received.append(request)
                        return state.answers.isEmpty ? 204 : state.answers.removeFirst()
                    }
                    guard status < 1_000 else { return }
                    let location = status == 302 ? "Location: /elsewhere\r\n" : ""
                    let length = status == 204 ? "" : "Content-Length: 0\r\n"
                    try await outbound.write(ByteBuffer(string: "HTTP/1.1 \(status) X\r\n\(location)\(length)\r\n"))
                }
            }
        }
    }

    private static func takeRequest(_ text: inout String) -> Received? {
        guard let end = text.firstRange(of: "\r\n\r\n") else { return nil }
        let head = String(text[..<end.upperBound])
        let length = head.lowercased().firstRange(of: "content-length: ").map { field in
            Int(head.lowercased()[field.upperBound...].prefix { $0.isNumber }) ?? 0
        }
        let rest = text[end.upperBound...].utf8
        guard let length, rest.count >= length else { return nil }
        let bodyEnd = rest.index(rest.startIndex, offsetBy: length)
        defer { text = String(rest[bodyEnd...]) ?? "" }
        return Received(head: head, body: String(rest[..<bodyEnd]) ?? "")
    }
}

extension Result where Failure == any Error {
    fileprivate init(catching body: () async throws -> Success) async {
        do {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}
