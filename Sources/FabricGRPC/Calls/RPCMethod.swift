package import FabricTypes

/// One method that a server answers: its path and what is done there, in raw message bytes.
///
/// Handlers fail with ``RPCFailure``; any other error is answered as `internalError` without its text, and logged. A
/// `CancellationError` is answered by its cause.
package struct RPCMethod: Sendable {
    package typealias Unary = @Sendable (_ request: Bytes, _ context: CallContext) async throws -> Bytes
    package typealias Stream = @Sendable (_ call: CallStream) async throws -> Void

    enum Handler: Sendable {
        case unary(Unary)
        case stream(Stream)
    }

    /// The full name of the service, such as `gateway.Gateway`.
    package let service: String
    package let name: String
    let handler: Handler
    let limit: CallLimit?
    /// Bytes of one message of the caller; nil for what the server allows. Less where messages only ask for something,
    /// since a stream may hold several that nobody reads.
    let requestByteCountMax: Int?

    var path: String { "/\(service)/\(name)" }

    /// Bytes of a message that asks for something: a signed question with its sender's certificate takes 2 KiB.
    package static let questionByteCountMax = 1 << 20

    /// - Parameter limit: shared by the methods of a service, usually.
    package static func unary(
        _ service: String, _ name: String, limit: CallLimit? = nil, requestByteCountMax: Int? = nil,
        handler: @escaping Unary
    ) -> RPCMethod {
        RPCMethod(
            service: service, name: name, handler: .unary(handler), limit: limit,
            requestByteCountMax: requestByteCountMax)
    }

    /// A method with any number of messages in either direction.
    package static func stream(
        _ service: String, _ name: String, limit: CallLimit? = nil, requestByteCountMax: Int? = nil,
        handler: @escaping Stream
    ) -> RPCMethod {
        RPCMethod(
            service: service, name: name, handler: .stream(handler), limit: limit,
            requestByteCountMax: requestByteCountMax)
    }
}
