internal import FabricTypes
internal import HTTPTypes
package import HummingbirdCore
internal import NIOCore
package import OrdererService

/// An orderer's channel participation REST API, for `osnadmin`.
///
/// Belongs on a listener of its own that only operators reach: whoever reaches it may join and remove channels. Source:
/// Fabric's `channelparticipation.HTTPHandler`, whose words and peculiarities are kept.
package struct ParticipationSurface: HTTPSurface {
    private static let base = "/participation/v1/"
    private static let channels = "/participation/v1/channels"
    /// A config block with hundreds of organisations stays far below.
    package static let bodyByteCountMax = 1 << 20

    private let orderer: Orderer

    package init(orderer: Orderer) {
        self.orderer = orderer
    }

    static func path(of channel: ChannelID) -> String { "\(channels)/\(channel.rawValue)" }

    package func takes(_ request: IncomingRequest) -> Bool {
        request.target.isUnder("/participation")
    }

    package func respond(to request: IncomingRequest) async throws -> HummingbirdCore.Response {
        try await answer(request).response
    }

    private func answer(_ request: IncomingRequest) async throws -> ParticipationAnswer {
        let segments = request.target.pathSegments
        if request.target.rawPath == Self.base, request.method == .get { return Self.redirect }
        guard segments.starts(with: ["participation", "v1", "channels"]) else { return Self.notFound }
        let names = segments.dropFirst(3)
        switch (names.count, request.method) {
        case (0, .get): return accepting(request) { .list(orderer.channels.map(\.id)) }
        case (0, .post), (0, .put): return try await form(request)
        case (0, _): return Self.notAllowed(request, allow: "GET, POST, PUT")
        case (1, .get): return accepting(request) { onChannel(names) { id throws(ParticipationError) in try show(id) } }
        case (1, .delete): return await remove(request, names)
        case (1, _): return Self.notAllowed(request, allow: "GET, DELETE")
        case (3, .get) where names.dropFirst().first == "blocks": return await fetch(request, names)
        case (3, _) where names.dropFirst().first == "blocks": return Self.notAllowed(request, allow: "GET")
        default: return Self.notFound
        }
    }

    private static let redirect = ParticipationAnswer(
        status: .found, headers: [.location: channels, .contentType: "text/html; charset=utf-8"],
        body: Bytes("<a href=\"\(channels)\">Found</a>.\n\n"))

    private static let notFound = ParticipationAnswer(
        status: .notFound, headers: [.contentType: "text/plain; charset=utf-8"], body: Bytes("404 page not found\n"))

    private static func notAllowed(_ request: IncomingRequest, allow: String) -> ParticipationAnswer {
        .error("invalid request method: \(request.method.rawValue)", status: .methodNotAllowed, allow: allow)
    }

    // MARK: Reading

    private func accepting(_ request: IncomingRequest, _ answer: () -> ParticipationAnswer) -> ParticipationAnswer {
        refusalOfAccept(request) ?? answer()
    }

    private func refusalOfAccept(_ request: IncomingRequest) -> ParticipationAnswer? {
        guard let accept = request.headers[.accept], !accept.isEmpty else { return nil }
        let isServed = ["application/json", "application/*", "*/*"].contains { accept.contains($0) }
        return isServed ? nil : .error("response Content-Type is application/json only", status: .notAcceptable)
    }

    private func onChannel(
        _ names: ArraySlice<String>, _ body: (ChannelID) throws(ParticipationError) -> ParticipationAnswer
    ) -> ParticipationAnswer {
        switch Self.channelID(names.first ?? "") {
        case .failure(let refusal): return refusal.answer
        case .success(let id):
            do throws(ParticipationError) {
                return try body(id)
            } catch {
                return .error(error.message, status: .notFound)
            }
        }
    }

    private struct Refused: Error {
        let answer: ParticipationAnswer
    }

    private static func channelID(_ text: String) -> Result<ChannelID, Refused> {
        do throws(InvalidName) {
            return .success(try ChannelID(validating: text))
        } catch {
            let reason =
                text.utf8.count > ChannelID.byteCountMax
                ? "channel ID illegal, cannot be longer than \(ChannelID.byteCountMax)"
                : "'\(text)' contains illegal characters"
            return .failure(Refused(answer: .error("invalid channel ID: \(reason)", status: .badRequest)))
        }
    }

    private func show(_ id: ChannelID) throws(ParticipationError) -> ParticipationAnswer {
        .json(
            ParticipationAnswer.text(of: try orderer.participation(in: id)), headers: [.cacheControl: "no-store"])
    }

    private func fetch(_ request: IncomingRequest, _ names: ArraySlice<String>) async -> ParticipationAnswer {
        if let refusal = refusalOfAccept(request) { return refusal }
        let id: ChannelID
        switch Self.channelID(names.first ?? "") {
        case .failure(let refusal): return refusal.answer
        case .success(let valid): id = valid
        }
        let text = names.last ?? ""
        guard let which = Self.block(text) else {
            let error = ParticipationAnswer.errorText(
                "invalid block ID: '\(text)' not equal <newest|oldest|config|(number)>")
            // A stock orderer says it twice.
            return .json("\(error)\n\(error)", status: .badRequest)
        }
        do throws(ParticipationError) {
            return ParticipationAnswer(
                status: .ok, headers: [.contentType: "application/octet-stream", .cacheControl: "no-store"],
                body: try await orderer.block(which, of: id))
        } catch {
            return .error(error.message, status: error.code == .storage ? .internalServerError : .notFound)
        }
    }

    private static func block(_ text: String) -> ParticipationBlock? {
        switch text {
        case "newest": .newest
        case "oldest": .oldest
        case "config": .config
        // A negative number is a number, though of no block.
        default: Int64(text).map { .number(BlockNumber(bitPattern: $0)) }
        }
    }

    // MARK: Changing

    private func remove(_ request: IncomingRequest, _ names: ArraySlice<String>) async -> ParticipationAnswer {
        if let refusal = refusalOfAccept(request) { return refusal }
        switch Self.channelID(names.first ?? "") {
        case .failure(let refusal): return refusal.answer
        case .success(let id):
            do throws(ParticipationError) {
                try await orderer.remove(id)
                return ParticipationAnswer(status: .noContent, headers: [:], body: Bytes())
            } catch {
                let status: HTTPResponse.Status =
                    switch error.code {
                    case .channelUnknown: .notFound
                    case .removalPending: .conflict
                    default: .badRequest
                    }
                return .error("cannot remove: \(error.message)", status: status)
            }
        }
    }

    /// A join or an update: both come as a form with one file.
    private func form(_ request: IncomingRequest) async throws -> ParticipationAnswer {
        let type = request.headers[.contentType] ?? ""
        guard type.contains("multipart/form-dat") else {
            return .error("unsupported Content-Type: [\(type)]", status: .badRequest)
        }
        if let refusal = refusalOfAccept(request) { return refusal }
        let isJoin = request.method == .post
        let key = isJoin ? "config-block" : "config-update-envelope"
        let body = try await request.collectBody(upTo: Self.bodyByteCountMax)
        let parts: [MultipartForm.Part]
        do {
            parts = try MultipartForm(
                Bytes(Array(buffer: body)), boundary: MultipartForm.parameter("boundary", of: type) ?? ""
            ).parts
        } catch {
            return .error("cannot read form from request body: multipart: NextPart: EOF", status: .badRequest)
        }
        guard let file = parts.first(where: { $0.isFile && $0.name == key }) else {
            return .error("form does not contains part key: \(key)", status: .badRequest)
        }
        guard parts.count == 1 else { return .error("form contains too many parts", status: .badRequest) }
        return isJoin ? await join(file.content) : await update(file.content)
    }

    private func join(_ bytes: Bytes) async -> ParticipationAnswer {
        guard let block = try? Block(decoding: bytes) else {
            return .error(
                "cannot unmarshal file part config-block into a block: proto: cannot parse invalid wire-format data",
                status: .badRequest)
        }
        do throws(ParticipationError) {
            return .created(try await orderer.join(block))
        } catch {
            switch error.code {
            case .malformed: return .error(error.message, status: .badRequest)
            case .channelExists:
                return .error("cannot join: \(error.message)", status: .methodNotAllowed, allow: "GET, DELETE")
            case .removalPending: return .error("cannot join: \(error.message)", status: .conflict)
            case .removalFailed, .storage:
                return .error("cannot join: \(error.message)", status: .internalServerError)
            case .channelUnknown, .refused, .blockUnknown:
                return .error("cannot join: \(error.message)", status: .badRequest)
            }
        }
    }

    private func update(_ bytes: Bytes) async -> ParticipationAnswer {
        guard (try? Envelope(decoding: bytes)) != nil else {
            return .error(
                "cannot unmarshal file part config-update-envelope into an envelope: proto: cannot parse invalid "
                    + "wire-format data", status: .badRequest)
        }
        do throws(ParticipationError) {
            return .created(try await orderer.update(bytes))
        } catch {
            switch error.code {
            case .malformed: return .error(error.message, status: .badRequest)
            case .channelUnknown: return .error("cannot update: \(error.message)", status: .methodNotAllowed)
            case .removalPending: return .error("cannot update: \(error.message)", status: .conflict)
            case .removalFailed, .storage:
                return .error("cannot update: \(error.message)", status: .internalServerError)
            case .channelExists, .refused, .blockUnknown:
                return .error("cannot update: \(error.message)", status: .badRequest)
            }
        }
    }
}
