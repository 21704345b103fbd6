internal import AsyncHTTPClient
internal import Foundation
internal import NIOCore
internal import NIOFoundationCompat
internal import NIOHTTP1

/// A client of the node's JSON API and of its functions' addresses, as any other program could be one.
///
/// May be called concurrently.
struct NodeAPI: Sendable {
    /// Bytes of an answer that are read.
    private static let answerByteCountMax = 32 << 20

    /// `http://host:port`.
    let address: String
    /// `<id>.<secret>`; nil on loopback, where calls need none.
    let accessKey: String?
    let http: HTTPClient

    /// The node could not be asked, or refused.
    struct Failure: Error, CustomStringConvertible {
        /// The HTTP status; 0 where there was no answer.
        let status: Int
        /// The API's own word for it; empty where it has none.
        let code: String
        let description: String
    }

    init(address: String, accessKey: String?) {
        self.address = address
        self.accessKey = accessKey
        var configuration = HTTPClient.Configuration()
        configuration.timeout = .init(connect: .seconds(5), read: .seconds(60))
        configuration.redirectConfiguration = .disallow
        configuration.connectionPool.retryConnectionEstablishment = false
        http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Calls an operation of the API and reads its answer.
    ///
    /// - Parameter path: segments, each encoded for itself.
    /// - Throws: ``Failure``.
    func call<Answer: Decodable>(
        _ path: [String], query: [String: String] = [:], timeout: Duration = .seconds(15),
        as type: Answer.Type = Answer.self
    ) async throws -> Answer {
        try read(try await exchange(.GET, path, query: query, timeout: timeout))
    }

    /// - Parameter body: sent as JSON.
    /// - Throws: ``Failure``.
    func post<Answer: Decodable>(
        _ path: [String], query: [String: String] = [:], _ body: some Encodable, as type: Answer.Type = Answer.self
    ) async throws -> Answer {
        try read(
            try await exchange(.POST, path, query: query, body: ("application/json", PageJSON.encode(body))))
    }

    private func read<Answer: Decodable>(_ data: Data) throws -> Answer {
        do {
            return try JSONDecoder().decode(Answer.self, from: data)
        } catch {
            throw Failure(
                status: 0, code: "", description: "\(address) answered something unexpected: is it a node's address?")
        }
    }

    /// - Throws: ``Failure``.
    func exchange(
        _ method: HTTPMethod, _ path: [String], query: [String: String] = [:],
        body: (type: String, bytes: Data)? = nil, timeout: Duration = .seconds(15)
    ) async throws -> Data {
        var request = request(method, path, query: query)
        if let body {
            request.headers.add(name: "Content-Type", value: body.type)
            request.body = .bytes(ByteBuffer(data: body.bytes))
        }
        let response: HTTPClientResponse
        let bytes: ByteBuffer
        do {
            response = try await http.execute(request, timeout: .seconds(timeout.components.seconds))
            bytes = try await response.body.collect(upTo: Self.answerByteCountMax)
        } catch {
            throw Failure(
                status: 0, code: "",
                description: "The ledger is out of reach: the node at \(address) does not answer. Is it running?")
        }
        let data = Data(buffer: bytes)
        guard (200..<300).contains(response.status.code) else {
            let refusal = try? JSONDecoder().decode(Refusal.self, from: data)
            throw Failure(
                status: Int(response.status.code), code: refusal?.error.code ?? "",
                description: refusal?.error.message ?? "The node at \(address) answered \(response.status).")
        }
        return data
    }

    /// Reads a stream of server-sent events until it ends: hands each event's data to `handle`, with the last id.
    func events(
        _ path: [String], query: [String: String], lastEventID: String?,
        handle: @Sendable (_ id: String?, _ data: String) async throws -> Void
    ) async throws {
        var request = request(.GET, path, query: query)
        request.headers.add(name: "Accept", value: "text/event-stream")
        if let lastEventID { request.headers.add(name: "Last-Event-ID", value: lastEventID) }
        let response = try await http.execute(request, deadline: .distantFuture)
        guard response.status == .ok else {
            throw Failure(
                status: Int(response.status.code), code: "",
                description: "The node at \(address) answered \(response.status) to a stream.")
        }
        var parser = EventStreamParser()
        for try await chunk in response.body {
            for event in try parser.take(chunk.readableBytesView) { try await handle(event.id, event.data) }
        }
    }

    private func request(_ method: HTTPMethod, _ path: [String], query: [String: String]) -> HTTPClientRequest {
        let items = query.sorted { $0.key < $1.key }.map { "\(Self.encode($0.key))=\(Self.encode($0.value))" }
        var request = HTTPClientRequest(
            url: address + path.map { "/" + Self.encode($0) }.joined()
                + (items.isEmpty ? "" : "?" + items.joined(separator: "&")))
        request.method = method
        request.headers.add(name: "User-Agent", value: "marbles-server")
        if let accessKey { request.headers.add(name: "Authorization", value: "Bearer \(accessKey)") }
        return request
    }

    private static func encode(_ text: String) -> String {
        text.addingPercentEncoding(
            withAllowedCharacters: .init(
                charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")) ?? ""
    }

    private struct Refusal: Decodable {
        struct Content: Decodable {
            let code: String
            let message: String
        }

        let error: Content
    }
}

/// Takes a stream of server-sent events apart.
struct EventStreamParser {
    /// Bytes of one line.
    private static let lineByteCountMax = 4 << 20

    struct TooLong: Error {}

    private var line: [UInt8] = []
    private var data: String?
    private var id: String?

    /// - Throws: ``TooLong`` for a line beyond all bounds.
    mutating func take(_ bytes: some Sequence<UInt8>) throws -> [(id: String?, data: String)] {
        var events: [(id: String?, data: String)] = []
        for byte in bytes {
            guard byte == UInt8(ascii: "\n") else {
                guard line.count < Self.lineByteCountMax else { throw TooLong() }
                line.append(byte)
                continue
            }
            if line.last == UInt8(ascii: "\r") { line.removeLast() }
            let text = String(decoding: line, as: UTF8.self)
            line.removeAll(keepingCapacity: true)
            if text.isEmpty {
                if let data { events.append((id, data)) }
                data = nil
            } else if let value = Self.value(of: "data", in: text) {
                data = data.map { $0 + "\n" + value } ?? value
            } else if let value = Self.value(of: "id", in: text) {
                id = value
            }
        }
        return events
    }

    private static func value(of field: String, in line: String) -> String? {
        guard line.hasPrefix("\(field):") else { return nil }
        let value = line.dropFirst(field.count + 1)
        return String(value.first == " " ? value.dropFirst() : value)
    }
}
