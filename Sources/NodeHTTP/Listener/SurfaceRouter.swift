package import HTTPTypes
internal import HummingbirdCore
internal import Logging
internal import NIOCore

/// Turns a connection's requests into ``IncomingRequest`` values, finds the surface, and writes its answer.
struct SurfaceRouter: Sendable {
    let surfaces: [any HTTPSurface]
    let hostRule: HostRule
    let isSecure: Bool
    let logger: Logger
    let date = HTTPDate()

    func answer(_ request: Request, on channel: any Channel, writer: consuming ResponseWriter) async throws {
        let incoming = incomingRequest(request, on: channel)
        var response = await response(to: incoming)
        if !response.headers.contains(.requestID) { response.headers[.requestID] = incoming.id }
        response.headers[.date] = date.now()
        if request.method == .head {
            try await writer.writeResponse(response.head)
        } else {
            try await writer.write(response: response.head, body: response.body)
        }
    }

    private func incomingRequest(_ request: Request, on channel: any Channel) -> IncomingRequest {
        let hostText = request.head.authority ?? ""
        let host = RequestHost(hostText)
        let address = channel.remoteAddress?.ipAddress ?? ""
        return IncomingRequest(
            id: Self.makeRequestID(), method: request.method, target: RequestTarget(request.head.path ?? "/"),
            host: host,
            hostStanding: hostRule.standing(of: host), headers: request.headers, hostText: hostText,
            peer: IncomingRequest.Peer(
                address: address,
                isLoopback: RequestHost(address.contains(":") ? "[\(address)]" : address)?.isLoopback ?? false),
            isSecure: isSecure, body: request.body)
    }

    func response(to request: IncomingRequest) async -> Response {
        guard let surface = surfaces.first(where: { $0.takes(request) }) else {
            return JSONAnswer.error(
                request.hostStanding == .unknown
                    ? .hostNotServed(request.hostText) : .notFound(request.target.path))
        }
        if request.hostStanding == .unknown, !surface.answersUnknownHosts {
            return surface.response(to: .hostNotServed(request.hostText), request: request)
        }
        do {
            return try await surface.respond(to: request)
        } catch let refusal as ListenerRefusal {
            return surface.response(to: refusal, request: request)
        } catch is CancellationError {
            return surface.response(to: .internalError(requestID: request.id), request: request)
        } catch {
            logger.error(
                "Request failed",
                metadata: [
                    "request.id": "\(request.id)", "http.method": "\(request.method)",
                    "http.path": "\(request.target.path)",
                    "error": "\(error)",
                ])
            return surface.response(to: .internalError(requestID: request.id), request: request)
        }
    }

    private static func makeRequestID() -> String {
        var generator = SystemRandomNumberGenerator()
        return [generator.next(), generator.next()].map { (word: UInt64) in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}

extension HTTPField.Name {
    /// The id of the request in every answer and in the node's log.
    package static var requestID: HTTPField.Name { HTTPField.Name("x-request-id")! }
}
