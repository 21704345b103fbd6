package import FabricTypes

/// Why a gateway's call failed, as the client is told: a gRPC status, with the words of every node that was asked.
///
/// Codes and texts are Fabric's, since SDKs branch on the first and people search for the second.
package struct GatewayError: Error, Hashable, Sendable {
    /// gRPC's status codes, by their numbers.
    package enum Code: Int, Hashable, Sendable, CaseIterable {
        /// The client left.
        case canceled = 1
        /// A contract answered with an error of its own.
        case unknown = 2
        /// The request is damaged: sending it again changes nothing.
        case invalidArgument = 3
        /// The call's time ran out. What it asked for may yet happen.
        case deadlineExceeded = 4
        /// There is no such channel here.
        case notFound = 5
        /// The client's identity may not do this, or did not sign.
        case permissionDenied = 7
        /// Too many calls of this client, organisation or node. Try again later.
        case resourceExhausted = 8
        /// Nobody can do this as things stand: a peer, a definition or an organisation is missing.
        case failedPrecondition = 9
        /// Start over from endorsing: the transaction or its proposal is used up.
        case aborted = 10
        /// This node failed, not the caller.
        case internalError = 13
        /// Those who could do it cannot be reached now. Try again.
        case unavailable = 14
    }

    package var code: Code
    package var message: String
    package var details: [ErrorDetail]

    package init(_ code: Code, _ message: String, details: [ErrorDetail] = []) {
        self.code = code
        self.message = message
        self.details = details
    }
}

extension GatewayError: CustomStringConvertible {
    package var description: String {
        details.reduce("\(code): \(message)") { text, detail in
            text + "\n- \(detail.address.lossyText) (\(detail.mspID.lossyText)): \(detail.message.lossyText)"
        }
    }
}
