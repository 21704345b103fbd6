package import HummingbirdCore

/// One of the APIs that share the listener: Function Compute, the log service, the JSON API, health.
///
/// The listener asks its surfaces in order and hands the request to the first that takes it.
package protocol HTTPSurface: Sendable {
    /// Whether ``respond(to:)`` is also asked for a `Host` the listener does not know. Such a surface must accept these
    /// requests only with a valid signature: anything less would let web pages reach the node by DNS rebinding.
    var answersUnknownHosts: Bool { get }

    /// Whether the request belongs to this surface. Looks at method, target and headers only; cheap.
    func takes(_ request: IncomingRequest) -> Bool

    /// Answers the request. May be called concurrently. Cancelled when the node gives up draining.
    ///
    /// Bodies are read through ``IncomingRequest/collectBody(upTo:)`` or streamed from ``IncomingRequest/body``.
    /// - Throws: ``ListenerRefusal`` to be told by ``response(to:request:)``; any other error is logged with the request's
    ///   id and answered as an internal error, without its text.
    func respond(to request: IncomingRequest) async throws -> Response

    /// The listener's refusal in this surface's error shape.
    func response(to refusal: ListenerRefusal, request: IncomingRequest) -> Response
}

extension HTTPSurface {
    package var answersUnknownHosts: Bool { false }

    package func response(to refusal: ListenerRefusal, request: IncomingRequest) -> Response {
        JSONAnswer.error(refusal)
    }
}
