internal import AsyncHTTPClient
internal import Foundation
internal import FunctionTypes
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL
internal import NodeHTTP

/// A client of a node's JSON API, as any other program could be one. Made by ``NodeOptions/withClient(_:)``.
///
/// May be called concurrently; cancelling a task ends its call.
struct NodeClient: Sendable {
    enum Method: String {
        case get = "GET"
        case put = "PUT"
        case post = "POST"
        case delete = "DELETE"
    }

    /// What a successful call answered.
    struct Answer {
        let headers: [(name: String, value: String)]
        let body: [UInt8]

        /// The first value under a name, whatever its case.
        func header(_ name: String) -> String? {
            headers.first { $0.name.lowercased() == name.lowercased() }?.value
        }
    }

    /// Bytes of an answer that are read.
    private static let answerByteCountMax = 64 << 20

    /// `http://host:port`.
    let address: String
    /// `<id>.<secret>`; nil to call without a key.
    private let accessKey: String?
    let http: HTTPClient

    /// - Parameters:
    ///   - authorities: trusted beside those that the system trusts.
    ///   - readTimeout: how long an answer may be silent; nil waits for ever.
    init(
        address: String, accessKey: String?, authorities: [NIOSSLCertificate] = [],
        readTimeout: TimeAmount? = .seconds(60)
    ) {
        self.address = address
        self.accessKey = accessKey
        var configuration = HTTPClient.Configuration()
        // A node that says nothing for this long is gone: longer than any query may take, and than the time between two signs
        // of life of a quiet stream.
        configuration.timeout = .init(connect: .seconds(5), read: readTimeout)
        configuration.redirectConfiguration = .disallow
        // A node that is not there is told at once.
        configuration.connectionPool.retryConnectionEstablishment = false
        if !authorities.isEmpty {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.additionalTrustRoots = [.certificates(authorities)]
            configuration.tlsConfiguration = tls
        }
        http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    func close() async throws {
        try await http.shutdown()
    }

    /// Calls one operation of the JSON API and reads its answer.
    ///
    /// - Parameters:
    ///   - path: Segments below the root, such as `["api", "logs", "projects"]`; each is encoded for itself.
    ///   - query: Items without a value are left out.
    /// - Throws: ``NodeRefusal`` when the node answers with an error; ``CommandError`` when it cannot be reached or answers
    ///   with something else than JSON.
    func call(
        _ method: Method, _ path: [String], query: [(name: String, value: String?)] = [],
        body: JSONValue? = nil
    ) async throws -> JSONValue {
        let answer = try await exchange(
            method, path, query: query, headers: body == nil ? [] : [("Content-Type", "application/json")],
            body: body?.jsonBytes)
        return try json(answer)
    }

    /// - Throws: ``CommandError`` when the answer is something else than JSON.
    func json(_ answer: Answer) throws -> JSONValue {
        if answer.body.isEmpty { return .null }
        do {
            return try JSONValue(parsing: answer.body)
        } catch {
            throw CommandError(.failed, "\(address) did not answer in JSON: is it the address of a node?")
        }
    }

    /// Calls any operation of the node, and reads its answer as it is.
    ///
    /// - Throws: As ``call(_:_:query:body:)``.
    func exchange(
        _ method: Method, _ path: [String], query: [(name: String, value: String?)] = [],
        headers: [(name: String, value: String)] = [], body: [UInt8]? = nil
    ) async throws -> Answer {
        var request = self.request(method, path, query: query)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body { request.body = .bytes(ByteBuffer(bytes: body)) }
        let response = try await send(request)
        let bytes = try await bytes(of: response)
        guard (200..<300).contains(response.status.code) else { throw refusal(response, bytes) }
        return Answer(headers: response.headers.map { ($0.name, $0.value) }, body: bytes)
    }

    // MARK: Parts that streams use too

    func request(
        _ method: Method, _ path: [String], query: [(name: String, value: String?)]
    ) -> HTTPClientRequest {
        let items = query.compactMap { name, value in
            value.map { "\(PercentCoding.encode(name))=\(PercentCoding.encode($0))" }
        }
        var request = HTTPClientRequest(
            url: address + path.map { "/" + PercentCoding.encode($0) }.joined()
                + (items.isEmpty ? "" : "?" + items.joined(separator: "&")))
        request.method = HTTPMethod(rawValue: method.rawValue)
        request.headers.add(name: "User-Agent", value: "duet/\(DuetVersion.current)")
        if let accessKey { request.headers.add(name: "Authorization", value: "Bearer \(accessKey)") }
        return request
    }

    func send(_ request: HTTPClientRequest) async throws -> HTTPClientResponse {
        do {
            return try await http.execute(request, deadline: .distantFuture)
        } catch let error as CancellationError {
            throw error
        } catch {
            throw unreachable(error)
        }
    }

    func unreachable(_ error: any Error) -> CommandError {
        CommandError(
            .unreachable,
            "The node at \(address) cannot be reached: \(Self.reason(error)). Start one with \"\(RootCommand.programName) up\", or name "
                + "another with --node.")
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError:
            error.connectionErrors.first.map { reason($0.error) } ?? error.dnsAError.map { reason($0) } ?? "\(error)"
        case let error as IOError: String(cString: strerror(error.errnoCode))
        case let error as HTTPClientError: error.shortDescription
        case NIOSSLError.handshakeFailed:
            "its certificate is not trusted; name the authority with --node-ca, or an address without TLS"
        default: "\(error)"
        }
    }

    func bytes(of response: HTTPClientResponse) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        do {
            for try await chunk in response.body {
                bytes += chunk.readableBytesView
                guard bytes.count <= Self.answerByteCountMax else {
                    throw CommandError(.failed, "The answer is larger than 64 MiB: ask for less.")
                }
            }
        } catch let error as CommandError {
            throw error
        } catch let error as CancellationError {
            throw error
        } catch {
            throw unreachable(error)
        }
        return bytes
    }

    /// A problem of a template as a line.
    private static func problem(_ problem: JSONValue) -> String {
        let line = problem["line"]?.integerValue ?? 0
        let value = problem["value"]?.stringValue.map { " is \"\($0)\"" } ?? ""
        return (line > 0 ? "line \(line): " : "") + (problem["key"]?.stringValue ?? "") + value
            + ": \(problem["reason"]?.stringValue ?? ""). \(problem["remedy"]?.stringValue ?? "")"
    }

    func refusal(_ response: HTTPClientResponse, _ bytes: [UInt8]) -> NodeRefusal {
        // Anything that is no error of the API comes from a proxy or another program: then the status is all there is.
        let answer = try? JSONValue(parsing: bytes)
        let error = answer?["error"]
        return NodeRefusal(
            httpStatus: response.status.code,
            code: (error?["code"] ?? answer?["ErrorCode"])?.stringValue ?? "",
            message: (error?["message"] ?? answer?["ErrorMessage"])?.stringValue
                ?? "\(address) answered with status \(response.status.code): is it the address of a node?",
            position: error?["position"]?.integerValue.flatMap { Int(exactly: $0) },
            problems: (error?["problems"]?.arrayValue ?? []).map { $0.stringValue ?? Self.problem($0) })
    }
}
