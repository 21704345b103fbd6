import Foundation
import FunctionTypes
import HTTPTypes
import LogCore
import LogService
import LogStorage
import Logging
import ServiceLifecycle
import Synchronization
import Testing

@testable import NodeHTTP

/// The JSON API of a log service on disk, behind a listener on a free port. Holds each answer against the description
/// that the API serves.
final class APIWorld: Sendable {
    static let admin = AccessKey(id: "admin", secret: "s1", organization: "Org1MSP", role: .admin)!
    static let reader = AccessKey(id: "reader", secret: "s2", organization: "Org1MSP", role: .reader)!
    static let stranger = AccessKey(id: "stranger", secret: "s3", organization: "Org2MSP", role: .admin)!

    struct Answer {
        var status: Int
        var headers: [String: String]
        var body: String
        var json: JSONValue { (try? JSONValue(parsing: Array(body.utf8))) ?? .null }  // no JSON is told by the test

        /// The error's code, or nil.
        var code: String? { json["error"]?["code"]?.stringValue }
    }

    let keeper: LogKeeper
    let port: Int
    let description: APIDescription
    /// Operations that were called, by `METHOD /template`.
    private let called = Mutex<Set<String>>([])

    private init(keeper: LogKeeper, port: Int) throws {
        self.keeper = keeper
        self.port = port
        description = try APIDescription(
            OpenAPIDocument.build([LogAPI(service: keeper, now: SQLiteLogStore.systemTime).group]))
    }

    static func run(_ body: @escaping @Sendable (APIWorld) async throws -> Void) async throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let folder = NSTemporaryDirectory() + "duet-api-" + UUID().uuidString
        // Nothing depends on it; the system clears its temporary folder anyway.
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let store = try SQLiteLogStore(folder: folder)
        let keeper = LogKeeper(store: store, logger: logger, now: SQLiteLogStore.systemTime)
        try await keeper.start()
        let access = AccessControl(
            keys: InMemoryAccessKeys([admin, reader, stranger]), anonymousOrganization: "Org1MSP")
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self, bufferingPolicy: .bufferingNewest(1))
        let listener = HTTPListener(
            configuration: .init(addresses: [.init(host: "127.0.0.1", port: 0)]),
            surfaces: [
                APISurface(access: access, groups: [LogAPI(service: keeper, now: SQLiteLogStore.systemTime).group])
            ],
            logger: logger
        ) { continuation.yield($0[0].port) }
        let services = ServiceGroup(services: [keeper, listener], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await services.run() }
            var iterator = ports.makeAsyncIterator()
            let port = try #require(await iterator.next())
            var failure: (any Error)?
            do { try await body(APIWorld(keeper: keeper, port: port)) } catch { failure = error }
            await services.triggerGracefulShutdown()
            try await group.waitForAll()
            if let failure { throw failure }
        }
        await store.close()
    }

    /// Calls the API and checks that the answer is one its description promises.
    func call(
        _ method: String, _ target: String, _ body: String = "", key: AccessKey? = nil, headers: [String: String] = [:]
    ) async throws -> Answer {
        var received = ""
        let request = Self.request(method, target, body, key: key, headers: headers)
        try await RawConnection.with(port: port) { received = try await $0.send(request) }
        let end = try #require(received.firstRange(of: "\r\n\r\n"))
        let lines = received[..<end.lowerBound].components(separatedBy: "\r\n")
        let fields = lines.dropFirst().map { $0.components(separatedBy: ": ") }
        let answer = Answer(
            status: Int(lines[0].split(separator: " ")[1]) ?? 0,
            headers: Dictionary(
                fields.map { ($0[0].lowercased(), $0.dropFirst().joined(separator: ": ")) },
                uniquingKeysWith: { first, _ in first }), body: String(received[end.upperBound...]))
        let path = String(target.prefix { $0 != "?" })
        if let operation = description.operation(method, path) {
            for problem in description.problems(of: answer.json, status: answer.status, as: operation) {
                Issue.record("\(method) \(target) answered \(answer.status) \(answer.body.prefix(500)): \(problem)")
            }
            if answer.status < 300 { note(operation) }
        }
        return answer
    }

    static func request(
        _ method: String, _ target: String, _ body: String = "", key: AccessKey? = nil, headers: [String: String] = [:]
    ) -> String {
        var text = "\(method) \(target) HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(body.utf8.count)\r\n"
        if let key { text += "Authorization: Bearer \(key.id).\(key.secret.text)\r\n" }
        for (name, value) in headers { text += "\(name): \(value)\r\n" }
        return text + "\r\n" + body
    }

    func note(_ operation: APIDescription.Operation) {
        called.withLock { _ = $0.insert(operation.name) }
    }

    /// Operations of the description that no call succeeded with yet.
    var neverCalled: [String] {
        called.withLock { called in description.operations.map(\.name).filter { !called.contains($0) } }.sorted()
    }

    /// Makes the logstore `demo/web`.
    func makeStore() async throws {
        try await #expect(call("PUT", "/api/logs/projects/demo", "{}").status == 200)
        try await #expect(call("PUT", "/api/logs/projects/demo/stores/web", "{}").status == 200)
    }

    func write(_ messages: String...) async throws {
        let entries = messages.map { #"{"fields": {"message": "\#($0)"}}"# }.joined(separator: ",")
        let answer = try await call(
            "POST", "/api/logs/projects/demo/stores/web/entries", #"{"entries": [\#(entries)]}"#)
        #expect(answer.status == 200)
    }
}
