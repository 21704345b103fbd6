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
    /// Bytes of an address with its query.
    private static let queryByteCountMax = 4 * 1_024
    /// Blocks that are listed at once.
    private static let listedBlockCount = 60

    let feed: LiveFeed
    let runner: ActionRunner
    let node: NodeAPI
    let runs: RunFollower
    let rules: RuleKeeper
    let settings: SiteSettings
    let files: PageFiles
    let requestGuard: RequestGuard
    let logger: Logger

    /// - Parameter client: the address that the request comes from.
    func respond(to request: Request, client: String?) async -> Response {
        var response = await answer(request, client: client)
        for (name, value) in Self.protection { response.headers[name] = value }
        return response
    }

    private func answer(_ request: Request, client: String?) async -> Response {
        if let problem = requestGuard.problem(with: request) { return .error(.forbidden, "forbidden", problem) }
        let target = request.head.path ?? "/"
        let path = String(target.prefix { $0 != "?" })
        let parts = path.split(separator: "/").map { String($0).removingPercentEncoding ?? "" }
        do {
            switch (request.method, parts.first) {
            case (.get, "api") where parts.dropFirst().elementsEqual(["stream"]): return stream(request, client: client)
            case (.get, "api"): return try await read(Array(parts.dropFirst()), target)
            case (.post, "api"): return try await change(Array(parts.dropFirst()), request)
            case (.get, _), (.head, _): return file(path, request)
            default: return .error(.methodNotAllowed, "method", "Only GET and POST are answered here.")
            }
        } catch let refusal as ActionRefusal {
            return .refusal(refusal)
        } catch let failure as NodeAPI.Failure {
            return .error(
                [400: .badRequest, 404: .notFound][failure.status] ?? .badGateway, "node", failure.description)
        } catch let unreadable as ZipArchive.Unreadable {
            return .error(.badGateway, "code", unreadable.description)
        } catch let error as DecodingError {
            return .error(.badRequest, "invalid", "What was sent cannot be read: \(error.plainText)")
        } catch {
            logger.error("Request failed", metadata: ["http.path": "\(path)", "error": "\(error)"])
            return .error(.internalServerError, "internal", "The server could not answer; its log says why.")
        }
    }

    // MARK: - Reading

    private func read(_ parts: [String], _ target: String) async throws -> Response {
        switch (parts.count, parts.first) {
        case (1, "health"): return .json(["height": Int64(clamping: feed.ledger.height)])
        case (1, "rule"): return .json(try await rules.current())
        case (1, "runs"):
            return .json(["runs": try await runs.runs(matching: Self.query("query", of: target) ?? "")])
        case (1, "blocks"):
            let before = Self.query("before", of: target).flatMap { UInt64($0) } ?? .max
            return .json(["blocks": feed.ledger.blocks(before: before, count: Self.listedBlockCount)])
        case (1, "headers"):
            let from = Self.query("from", of: target).flatMap { UInt64($0) }
            return .json(["headers": try await headers(from: from)])
        case (2, "blocks"), (2, "past"):
            guard let number = UInt64(parts[1]) else {
                return .error(.badRequest, "invalid", "A block is named by its number.")
            }
            return parts[0] == "past"
                ? past(number) : .json(try await BlockDetails(node: node, runs: runs, settings: settings).read(number))
        case (2, "transactions"):
            return .json(["block": try await blockNumber(ofTransaction: parts[1])])
        case (3, "marbles") where parts[2] == "history":
            return .json(feed.ledger.history(of: parts[1]))
        default: return .error(.notFound, "notFound", "There is nothing at this address.")
        }
    }

    /// What the node tells of a block's header and of those before it, so that a page can work their hashes out itself.
    private func headers(from number: UInt64?) async throws -> [APIValue] {
        var query = ["organization": settings.companies.first?.msp ?? "", "limit": "\(Self.listedBlockCount)"]
        query["from"] = number.map { "\($0)" }
        return try await node.call(["api", "channels", settings.channel, "blocks"], query: query)
    }

    /// Who owned what once a block was there.
    private func past(_ number: UInt64) -> Response {
        let ledger = feed.ledger
        guard let state = ledger.state(after: number) else {
            return .error(
                .notFound, "notFound",
                "Block \(number) cannot be shown: there are blocks \(ledger.blocks.first?.number ?? 0) to \(ledger.height)."
            )
        }
        return .json(PastView(height: number + 1, state))
    }

    private func blockNumber(ofTransaction id: String) async throws -> UInt64 {
        if let number = feed.ledger.blockNumber(ofTransaction: id) { return number }
        return try await node.call(
            ["api", "channels", settings.channel, "transactions", id],
            query: ["organization": settings.companies.first?.msp ?? ""], as: PlaceAnswer.self
        ).block
    }

    /// What the node tells of a transaction's place.
    private struct PlaceAnswer: Decodable {
        let block: UInt64
    }

    /// The value of a query's item, decoded; nil also for one that is too long to mean anything.
    static func query(_ name: String, of target: String) -> String? {
        guard target.utf8.count <= queryByteCountMax, let mark = target.firstIndex(of: "?") else { return nil }
        return target[target.index(after: mark)...].split(separator: "&").first { $0.hasPrefix("\(name)=") }
            .flatMap { $0.dropFirst(name.count + 1).replacing("+", with: " ").removingPercentEncoding }
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
        case ["presence"]:
            let wish = try JSONDecoder().decode(PresenceWish.self, from: body)
            return .json(["isKnown": feed.setActor(wish.actor, ofPage: wish.page)])
        case ["actions"]:
            return .json(try await runner.run(JSONDecoder().decode(Action.self, from: body)))
        case ["rule"]:
            return .json(try await rules.deploy(JSONDecoder().decode(RuleKeeper.Wish.self, from: body)))
        default: return .error(.notFound, "notFound", "There is nothing at this address.")
        }
    }

    /// A page tells whom it acts as.
    private struct PresenceWish: Decodable {
        let page: String
        let actor: String?
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
