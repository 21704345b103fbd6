internal import Foundation
internal import HTTPTypes
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOFoundationCompat

/// Everything that a browser can ask for.
struct Site: Sendable {
    /// Bytes of what a page sends; rules' sources are the longest.
    static let bodyByteCountMax = 128 * 1_024

    let feed: LiveFeed
    let runner: ActionRunner
    let node: NodeAPI
    let runs: RunFollower
    let rules: RuleKeeper
    let settings: SiteSettings
    let files: PageFiles
    let requestGuard: RequestGuard
    let logger: Logger

    func respond(to request: Request) async -> Response {
        var response = await answer(request)
        for (name, value) in Self.protection { response.headers[name] = value }
        return response
    }

    private func answer(_ request: Request) async -> Response {
        if let problem = requestGuard.problem(with: request) { return .error(.forbidden, "forbidden", problem) }
        let target = request.head.path ?? "/"
        let path = String(target.prefix { $0 != "?" })
        let parts = path.split(separator: "/").map { String($0).removingPercentEncoding ?? "" }
        do {
            switch (request.method, parts.first) {
            case (.get, "api"): return try await read(Array(parts.dropFirst()), request)
            case (.post, "api"): return try await change(Array(parts.dropFirst()), request)
            case (.get, _), (.head, _): return file(path, request)
            default: return .error(.methodNotAllowed, "method", "Only GET and POST are answered here.")
            }
        } catch let refusal as ActionRefusal {
            return .refusal(refusal)
        } catch let failure as NodeAPI.Failure {
            return .error(failure.status == 404 ? .notFound : .badGateway, "node", failure.description)
        } catch let error as DecodingError {
            return .error(.badRequest, "invalid", "What was sent cannot be read: \(error.plainText)")
        } catch {
            logger.error("Request failed", metadata: ["http.path": "\(path)", "error": "\(error)"])
            return .error(.internalServerError, "internal", "The server could not answer; its log says why.")
        }
    }

    // MARK: - Reading

    private func read(_ parts: [String], _ request: Request) async throws -> Response {
        switch (parts.count, parts.first) {
        case (1, "stream"): return stream(request)
        case (1, "rule"): return .json(try await rules.current())
        case (2, "blocks"):
            guard let number = UInt64(parts[1]) else {
                return .error(.badRequest, "invalid", "A block is named by its number.")
            }
            return .json(try await BlockDetails(node: node, runs: runs, settings: settings).read(number))
        case (3, "marbles") where parts[2] == "history":
            return .json(feed.ledger.history(of: parts[1]))
        default: return .error(.notFound, "notFound", "There is nothing at this address.")
        }
    }

    private func file(_ path: String, _ request: Request) -> Response {
        guard let file = files[path] else {
            return .error(.notFound, "notFound", "There is nothing at this address.")
        }
        var headers: HTTPFields = [.contentType: file.type, .eTag: file.tag, .cacheControl: "no-cache"]
        if request.headers[.ifNoneMatch] == file.tag { return Response(status: .notModified, headers: headers) }
        headers[.contentLength] = "\(file.content.count)"
        return Response(
            status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: file.content)))
    }

    // MARK: - Changing

    private func change(_ parts: [String], _ request: Request) async throws -> Response {
        // Browsers let other sites' forms send everything but this without asking first.
        guard request.headers[.contentType]?.hasPrefix("application/json") == true else {
            return .error(.unsupportedMediaType, "type", "Send JSON, with Content-Type: application/json.")
        }
        let body: Data
        do {
            body = Data(buffer: try await request.body.collect(upTo: Self.bodyByteCountMax))
        } catch is NIOTooManyBytesError {
            return .error(
                .contentTooLarge, "size", "More than \(Self.bodyByteCountMax) bytes were sent.")
        }
        switch parts {
        case ["actions"]:
            return .json(try await runner.run(JSONDecoder().decode(Action.self, from: body)))
        case ["rule"]:
            return .json(try await rules.deploy(JSONDecoder().decode(RuleKeeper.Wish.self, from: body)))
        default: return .error(.notFound, "notFound", "There is nothing at this address.")
        }
    }

    /// Nothing but this server's own files may run, be loaded, asked or framed.
    private static let protection: [(HTTPField.Name, String)] = [
        (
            .contentSecurityPolicy,
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
                + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        ),
        (.xContentTypeOptions, "nosniff"), (HTTPField.Name("referrer-policy")!, "no-referrer"),
        (HTTPField.Name("cross-origin-resource-policy")!, "same-origin"),
        (HTTPField.Name("cross-origin-opener-policy")!, "same-origin"),
    ]
}

/// What pages are told about where they are.
struct SiteSettings: Encodable, Sendable {
    struct CompanyFacts: Encodable, Sendable {
        let name: String
        let msp: String
        let peer: String
    }

    let channel: String
    let contract: String
    let companies: [CompanyFacts]
    /// The node's console, for those who want to know more.
    let node: String
}

extension Response {
    static func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(data: PageJSON.encode(value))))
    }

    static func error(_ status: HTTPResponse.Status, _ code: String, _ message: String) -> Response {
        .json(["error": ["code": code, "message": message]], status: status)
    }

    static func refusal(_ refusal: ActionRefusal) -> Response {
        let status: HTTPResponse.Status =
            switch refusal.code {
            case .invalid: .badRequest
            case .notFound: .notFound
            case .busy: .tooManyRequests
            }
        return .error(status, refusal.code.rawValue, refusal.description)
    }
}

extension DecodingError {
    /// What is wrong, for whoever sent it.
    fileprivate var plainText: String {
        switch self {
        case .keyNotFound(let key, _): "\"\(key.stringValue)\" is missing."
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "\"\(context.codingPath.map(\.stringValue).joined(separator: "."))\" is of another type."
        case .dataCorrupted: "it is no JSON."
        @unknown default: "it is not as expected."
        }
    }
}
