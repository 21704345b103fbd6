package import FabricTypes

/// How a call ended when it did not end well: what gRPC calls a status.
package struct RPCFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// gRPC's codes with their numbers on the wire.
    package enum Code: Int, Hashable, Sendable, CaseIterable {
        case cancelled = 1
        case unknown = 2
        case invalidArgument = 3
        case deadlineExceeded = 4
        case notFound = 5
        case alreadyExists = 6
        case permissionDenied = 7
        case resourceExhausted = 8
        case failedPrecondition = 9
        case aborted = 10
        case outOfRange = 11
        case unimplemented = 12
        case internalError = 13
        case unavailable = 14
        case dataLoss = 15
        case unauthenticated = 16
    }

    /// One message that tells more than the text, travelling as a `google.protobuf.Any`.
    package struct Detail: Hashable, Sendable {
        /// The full protobuf name, such as `gateway.ErrorDetail`.
        package let typeName: String
        package let encoded: Bytes

        package init(typeName: String, encoded: Bytes) {
            self.typeName = typeName
            self.encoded = encoded
        }

        package init<Message: WireMessage>(_ message: Message) {
            self.init(typeName: Message.messageName, encoded: message.encoded())
        }
    }

    package var code: Code
    /// Goes to the caller as it is.
    package var message: String
    package var details: [Detail]

    package init(_ code: Code, _ message: String, details: [Detail] = []) {
        self.code = code
        self.message = message
        self.details = details
    }

    package var description: String { "\(code): \(message)" }
}
