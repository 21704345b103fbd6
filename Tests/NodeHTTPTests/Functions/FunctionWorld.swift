import Crypto
import Foundation
import FunctionCore
import FunctionService
import FunctionTypes
import HTTPTypes
import Logging
import ServiceLifecycle
import Synchronization
import Testing

@testable import NodeHTTP

/// A platform whose functions are closures, behind a listener on a free port.
final class FunctionWorld: Sendable {
    static let organization = OrganizationName(unchecked: "Org1MSP")
    static let key = AccessKey(id: "testid", secret: "testsecret", organization: "Org1MSP", role: .admin)!
    static let reader = AccessKey(id: "reader", secret: "readersecret", organization: "Org1MSP", role: .reader)!

    let platform: FunctionPlatform
    /// The JSON API's description of itself.
    let description: APIDescription
    private let port: Int
    /// Operations of the JSON API that a call succeeded with.
    private let called = Mutex<Set<String>>([])

    struct Answer {
        var status: Int
        var headers: [String: String]
        var body: String
        var json: JSONValue { (try? JSONValue(parsing: Array(body.utf8))) ?? .null }  // no JSON is told by the test
    }

    private init(platform: FunctionPlatform, groups: [APIGroup], port: Int) throws {
        self.platform = platform
        description = try APIDescription(OpenAPIDocument.build(groups))
        self.port = port
    }

    /// - Parameter needsKey: whether calls from this machine need a credential too.
    static func run(
        needsKey: Bool = false, handler: @escaping MemoryRuntime.Handler = { _, _ in .event([]) },
        _ body: @escaping @Sendable (FunctionWorld) async throws -> Void
    ) async throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let platform = try FunctionPlatform(
            configuration: .init(instancePrefix: "i"),
            stores: .init(
                registry: MemoryRegistryStore(), async: MemoryAsyncStore(), usage: MemoryUsageStore(),
                code: WholeArchives()), runtime: MemoryRuntime(handler: handler), logSink: nil, logResources: nil,
            logger: logger)
        let keys = InMemoryAccessKeys([key, reader])
        let groups = [FunctionAPI(platform: platform).group, AccessKeyAPI(keys: keys).group]
        let access = AccessControl(
            keys: keys, anonymousOrganization: needsKey ? nil : organization.rawValue)
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self, bufferingPolicy: .bufferingNewest(1))
        let listener = HTTPListener(
            configuration: .init(addresses: [.init(host: "127.0.0.1", port: 0)]),
            hostRule: HostRule(isCustomDomain: { name in
                platform.registry.read { $0.domains[CustomDomainName(unchecked: name)] != nil }
            }),
            surfaces: [
                FunctionSurface(platform: platform, access: access, defaultOrganization: organization),
                APISurface(access: access, groups: groups),
            ],
            logger: logger
        ) { continuation.yield($0[0].port) }
        let services = ServiceGroup(services: [platform, listener], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await services.run() }
            var iterator = ports.makeAsyncIterator()
            let port = try #require(await iterator.next())
            var failure: (any Error)?
            do { try await body(FunctionWorld(platform: platform, groups: groups, port: port)) } catch {
                failure = error
            }
            await services.triggerGracefulShutdown()
            try await group.waitForAll()
            if let failure { throw failure }
        }
    }

    func call(
        _ method: String, _ target: String, _ body: String = "", headers: [String: String] = [:],
        host: String = "localhost"
    ) async throws -> Answer {
        var text = "\(method) \(target) HTTP/1.1\r\nHost: \(host)\r\nContent-Length: \(body.utf8.count)\r\n"
        for (name, value) in headers { text += "\(name): \(value)\r\n" }
        var received = ""
        try await RawConnection.with(port: port) { received = try await $0.send(text + "\r\n" + body) }
        let end = try #require(received.firstRange(of: "\r\n\r\n"))
        let lines = received[..<end.lowerBound].components(separatedBy: "\r\n")
        let fields = lines.dropFirst().map { $0.components(separatedBy: ": ") }
        return Answer(
            status: Int(lines[0].split(separator: " ")[1]) ?? 0,
            headers: Dictionary(
                fields.map { ($0[0].lowercased(), $0.dropFirst().joined(separator: ": ")) },
                uniquingKeysWith: { first, _ in first }), body: String(received[end.upperBound...]))
    }

    /// Calls the JSON API and holds the answer against its description.
    func callAPI(_ method: String, _ target: String, _ body: String = "") async throws -> Answer {
        let answer = try await call(method, target, body)
        let operation = try #require(description.operation(method, String(target.prefix { $0 != "?" })))
        for problem in description.problems(of: answer.json, status: answer.status, as: operation) {
            Issue.record("\(method) \(target) answered \(answer.status) \(answer.body.prefix(500)): \(problem)")
        }
        if answer.status < 300 { called.withLock { _ = $0.insert(operation.name) } }
        return answer
    }

    /// Operations that no call succeeded with yet.
    var neverCalled: [String] {
        called.withLock { called in description.operations.map(\.name).filter { !called.contains($0) } }.sorted()
    }

    /// Makes `shop/list`.
    func makeFunction() async throws {
        let service = try await call("POST", "/2016-08-15/services", #"{"serviceName": "shop"}"#)
        #expect(service.status == 200)
        let function = try await call(
            "POST", "/2016-08-15/services/shop/functions",
            #"{"functionName": "list", "runtime": "nodejs20", "handler": "index.handler", "code": {"zipFile": "UEsF"}}"#
        )
        #expect(function.status == 200)
    }

    func makeHTTPTrigger(authType: String = "anonymous") async throws {
        let trigger = try await call(
            "POST", "/2016-08-15/services/shop/functions/list/triggers",
            #"{"triggerName": "web", "triggerType": "http", "triggerConfig": {"authType": "\#(authType)", "methods": ["GET", "POST"]}}"#
        )
        #expect(trigger.status == 200)
    }

    /// The headers of a call signed now.
    static func signed(
        _ key: AccessKey, _ method: String, _ target: String, signsQuery: Bool = false, secret: String? = nil,
        at date: Date = Date()
    ) -> [String: String] {
        let target = RequestTarget(target)
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = .gmt
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        let dateText = formatter.string(from: date)
        let text = FunctionSignature.stringToSign(
            method: method, path: target.path, date: dateText, headers: [:],
            query: signsQuery ? target.queryItems : nil)
        let code = HMAC<SHA256>.authenticationCode(
            for: Data(text.utf8), using: SymmetricKey(data: Data((secret ?? key.secret.text).utf8)))
        return ["Date": dateText, "Authorization": "FC \(key.id):\(Data(code).base64EncodedString())"]
    }
}

/// Takes any archive, since nothing of it is run.
private struct WholeArchives: CodeStore {
    func add(archive: [UInt8]) throws -> CodeReference {
        CodeReference(digest: Base64.encode(archive), byteCount: archive.count, checksum: "7")
    }
    func reference(digest: String) -> CodeReference? { CodeReference(digest: digest, byteCount: 1, checksum: "7") }
    func folder(digest: String) -> String { "" }
    func archive(digest: String) throws -> [UInt8]? { Base64.decode(digest) }
    func removeAll(except digests: Set<String>) throws {}
}
