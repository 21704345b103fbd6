internal import FabricTypes
internal import GRPCCore

extension CallFailure {
    init(_ error: RPCError) {
        self.init(
            Self.codes[error.code] ?? .unknown, error.message,
            details: error.metadata[binaryValues: "grpc-status-details-bin"]
                .lazy.compactMap { try? StatusWithDetails(decoding: Bytes($0)) }.first?.errorDetails ?? [])
    }

    private static let codes: [RPCError.Code: ClientError.Code] = [
        .cancelled: .canceled, .unknown: .unknown, .invalidArgument: .invalidArgument,
        .deadlineExceeded: .deadlineExceeded, .notFound: .notFound, .permissionDenied: .permissionDenied,
        .resourceExhausted: .resourceExhausted, .failedPrecondition: .failedPrecondition, .aborted: .aborted,
        .unavailable: .unavailable, .unauthenticated: .unauthenticated, .unimplemented: .unimplemented,
        .internalError: .internalError, .dataLoss: .internalError, .outOfRange: .invalidArgument,
        .alreadyExists: .failedPrecondition,
    ]
}

/// What is read of a `google.rpc.Status`: the details that gateways attach.
private struct StatusWithDetails: WireMessage {
    static let messageName = "google.rpc.Status"

    private var details: [AnyMessage] = []

    var errorDetails: [ErrorDetail] {
        details.filter { $0.typeURL.lossyText.hasSuffix("/gateway.ErrorDetail") }
            .compactMap { try? ErrorDetail(decoding: $0.value) }
    }

    mutating func merge(_ field: WireField) throws(WireError) {
        if field.number == 3 { try field.append(to: &details) }
    }

    func encode(to writer: inout WireWriter) {
        writer.write(3, messages: details)
    }
}

private struct AnyMessage: WireMessage {
    static let messageName = "google.protobuf.Any"

    var typeURL = Bytes()
    var value = Bytes()

    mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: try field.readUTF8(&typeURL)
        case 2: field.read(&value)
        default: break
        }
    }

    func encode(to writer: inout WireWriter) {
        writer.write(1, typeURL)
        writer.write(2, value)
    }
}
