package import HTTPTypes
package import HummingbirdCore
package import NIOCore

/// One HTTP request as the surfaces see it.
package struct IncomingRequest: Sendable {
    /// Where the `Host` points, by the listener's rule (see ``HostRule``).
    package enum HostStanding: Hashable, Sendable {
        /// A loopback name or address.
        case loopback
        /// A name from the configuration.
        case configured
        /// A custom domain that functions are deployed under.
        case customDomain
        /// None of these: only a surface that proves the caller by a signature may answer.
        case unknown
    }

    /// The connection's other end.
    package struct Peer: Hashable, Sendable {
        /// The address without port, as text; empty when unknown.
        package let address: String
        package let isLoopback: Bool

        package init(address: String, isLoopback: Bool) {
            self.address = address
            self.isLoopback = isLoopback
        }
    }

    /// 32 hex digits, unique; also in the answer's `x-request-id` unless a surface sets its own header.
    package let id: String
    package let method: HTTPRequest.Method
    package let target: RequestTarget
    package let host: RequestHost?
    package let hostStanding: HostStanding
    /// Without `Host`, which is in ``hostText``.
    package let headers: HTTPFields
    /// The `Host` as sent; signatures cover it.
    package let hostText: String
    package let peer: Peer
    package let isSecure: Bool
    package let body: RequestBody

    /// The whole body.
    /// - Throws: ``ListenerRefusal`` with ``ListenerRefusal/Code/bodyTooLarge`` over `byteCountMax`, before reading it
    ///   where `Content-Length` already says so.
    package func collectBody(upTo byteCountMax: Int) async throws -> ByteBuffer {
        if let length = headers[.contentLength].flatMap({ Int($0) }), length > byteCountMax {
            throw ListenerRefusal.bodyTooLarge(byteCountMax: byteCountMax)
        }
        do {
            return try await body.collect(upTo: byteCountMax)
        } catch is NIOTooManyBytesError {
            throw ListenerRefusal.bodyTooLarge(byteCountMax: byteCountMax)
        }
    }
}
