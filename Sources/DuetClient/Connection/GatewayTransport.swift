package import FabricTypes

/// Carries calls to one peer: gRPC, or in tests anything that behaves like it.
///
/// Calls end when their task is cancelled.
package protocol GatewayTransport: Sendable {
    /// SHA-256 of the certificate that the client shows in TLS; empty if it shows none.
    var clientCertificateHash: Bytes { get }

    /// - Throws: ``CallFailure``; `CancellationError`.
    func call(_ method: GatewayMethod, _ request: Bytes, timeout: Duration?) async throws -> Bytes

    /// Sends one message and takes messages until the server ends the stream.
    ///
    /// - Parameter receive: takes one message; no other comes before it returns. Its error ends the call and is thrown.
    /// - Throws: ``CallFailure``; `CancellationError`.
    func stream(
        _ method: GatewayMethod, _ request: Bytes, receive: @escaping @Sendable (Bytes) async throws -> Void
    ) async throws
}

extension GatewayTransport {
    package var clientCertificateHash: Bytes { Bytes() }
}

/// A method that a client calls.
package struct GatewayMethod: Hashable, Sendable {
    package enum Kind: Sendable {
        case unary, serverStream, bidirectional
    }

    package let service: String
    package let name: String
    package let kind: Kind

    package static let evaluate = GatewayMethod(service: "gateway.Gateway", name: "Evaluate", kind: .unary)
    package static let endorse = GatewayMethod(service: "gateway.Gateway", name: "Endorse", kind: .unary)
    package static let submit = GatewayMethod(service: "gateway.Gateway", name: "Submit", kind: .unary)
    package static let commitStatus = GatewayMethod(service: "gateway.Gateway", name: "CommitStatus", kind: .unary)
    package static let chaincodeEvents =
        GatewayMethod(service: "gateway.Gateway", name: "ChaincodeEvents", kind: .serverStream)
    package static let processProposal =
        GatewayMethod(service: "protos.Endorser", name: "ProcessProposal", kind: .unary)
    package static let deliver = GatewayMethod(service: "protos.Deliver", name: "Deliver", kind: .bidirectional)
    package static let deliverFiltered =
        GatewayMethod(service: "protos.Deliver", name: "DeliverFiltered", kind: .bidirectional)
}

/// How a call failed, before anybody knows what it was for.
package struct CallFailure: Error, Sendable {
    package let code: ClientError.Code
    package let message: String
    package let details: [ErrorDetail]

    package init(_ code: ClientError.Code, _ message: String, details: [ErrorDetail] = []) {
        self.code = code
        self.message = message
        self.details = details
    }
}

extension ClientError {
    init(_ phase: Phase, _ failure: CallFailure, transactionID: TransactionID?) {
        self.init(
            phase, failure.code, failure.message, transactionID: transactionID,
            refusals: failure.details.map {
                Refusal(
                    address: $0.address.lossyText, mspID: $0.mspID.lossyText, message: $0.message.lossyText)
            })
    }
}
