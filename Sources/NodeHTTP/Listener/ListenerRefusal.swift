package import HTTPTypes

/// Why the listener itself, not a surface, turned a request down. Each surface says it in its own error shape.
package struct ListenerRefusal: Error, Hashable, Sendable {
    package enum Code: Hashable, Sendable {
        /// The `Host` is missing, malformed or names nobody here.
        case hostNotServed
        /// The body is larger than the surface takes.
        case bodyTooLarge
        /// No surface serves this path.
        case notFound
        /// A bug or a broken disk; the cause is in the node's log under the request's id.
        case internalError
    }

    package let code: Code
    /// Safe to show to the client.
    package let message: String

    package init(code: Code, message: String) {
        self.code = code
        self.message = message
    }

    package static func bodyTooLarge(byteCountMax: Int) -> ListenerRefusal {
        ListenerRefusal(code: .bodyTooLarge, message: "The body is larger than the limit of \(byteCountMax) bytes.")
    }

    package static func hostNotServed(_ host: String) -> ListenerRefusal {
        ListenerRefusal(
            code: .hostNotServed,
            message:
                "The host \"\(host)\" is not served here. Use a loopback address, or add the name to the listener's "
                + "host names.")
    }

    package static func notFound(_ path: String) -> ListenerRefusal {
        ListenerRefusal(code: .notFound, message: "Nothing is served under the path \"\(path)\".")
    }

    package static func internalError(requestID: String) -> ListenerRefusal {
        ListenerRefusal(
            code: .internalError,
            message: "The node failed while answering. The cause is in its log under request id \(requestID).")
    }

    package var status: HTTPResponse.Status {
        switch code {
        case .hostNotServed: .misdirectedRequest
        case .bodyTooLarge: .contentTooLarge
        case .notFound: .notFound
        case .internalError: .internalServerError
        }
    }
}
