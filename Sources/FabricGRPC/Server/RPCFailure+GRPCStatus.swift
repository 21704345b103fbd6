internal import FabricTypes
internal import GRPCCore

extension RPCFailure {
    /// Bytes of a text as it travels, percent-encoded. Texts and details are cut so that the trailers stay below the
    /// 16 KiB that callers accept.
    static let messageByteCountMax = 4 << 10
    /// Bytes of the details with their copy of the text, before Base64.
    static let detailsByteCountMax = 8 << 10

    var status: Status {
        guard let code = Status.Code(rawValue: code.rawValue) else {
            preconditionFailure("our codes are gRPC's")
        }
        return Status(code: code, message: Self.cut(message))
    }

    var trailers: GRPCCore.Metadata {
        guard !details.isEmpty else { return [:] }
        var failure = self
        failure.message = Self.cut(message)
        var byteCount = failure.message.utf8.count
        failure.details = details.filter { detail in
            byteCount += detail.encoded.count
            return byteCount <= Self.detailsByteCountMax
        }
        var trailers: GRPCCore.Metadata = [:]
        trailers.addBinary(StatusDetails(failure).encoded().array, forKey: StatusDetails.trailer)
        return trailers
    }

    private static func cut(_ text: String) -> String {
        var byteCount = 0
        for index in text.unicodeScalars.indices {
            let scalar = text.unicodeScalars[index]
            // What gRPC does not send as it is takes three characters a byte.
            let isPlain = (0x20...0x7E).contains(scalar.value) && scalar != "%"
            byteCount += isPlain ? 1 : 3 * UTF8.width(scalar)
            if byteCount > messageByteCountMax { return String(text.unicodeScalars[..<index]) }
        }
        return text
    }
}

extension StatusDetails {
    static let trailer = "grpc-status-details-bin"
}
