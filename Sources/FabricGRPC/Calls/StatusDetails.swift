internal import FabricTypes

/// `google.rpc.Status`, the message in the trailer `grpc-status-details-bin`.
struct StatusDetails: WireMessage {
    static let messageName = "google.rpc.Status"

    var code: Int32 = 0
    var message = Bytes()
    var details: [AnyMessage] = []

    init() {}

    init(_ failure: RPCFailure) {
        code = Int32(failure.code.rawValue)
        message = Bytes(failure.message)
        details = failure.details.map { AnyMessage(typeURL: AnyMessage.prefix + $0.typeName, value: $0.encoded) }
    }

    mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: field.read(&code)
        case 2: try field.readUTF8(&message)
        case 3: try field.append(to: &details)
        default: break
        }
    }

    func encode(to writer: inout WireWriter) {
        writer.write(1, code)
        writer.write(2, message)
        writer.write(3, messages: details)
    }
}

/// `google.protobuf.Any`.
struct AnyMessage: WireMessage {
    static let messageName = "google.protobuf.Any"
    static let prefix = "type.googleapis.com/"

    var typeURL = Bytes()
    var value = Bytes()

    init() {}

    init(typeURL: String, value: Bytes) {
        self.typeURL = Bytes(typeURL)
        self.value = value
    }

    /// The name behind the last slash.
    var typeName: String {
        String(typeURL.lossyText.split(separator: "/", omittingEmptySubsequences: false).last ?? "")
    }

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
