/// Bytes that are no message of the type they were read as.
///
/// Never worth a retry: the bytes will not change.
public struct WireError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: Hashable, Sendable {
        /// The bytes end inside a field.
        case truncated
        /// A number takes more than ten bytes or more than 64 bits.
        case overlongVarint
        /// A field number of 0 or beyond 2^29 - 1.
        case invalidFieldNumber
        /// A wire type that protobuf does not define, or a group that ends without having begun.
        case invalidWireType
        /// A `string` field that is not UTF-8.
        case invalidUTF8
        /// Messages within messages beyond ``WireReader/depthMax``.
        case nestedTooDeeply
        /// A message that ends beyond ``WireReader/byteCountMax``.
        case tooLong
        /// More elements than a message of this kind may have.
        case tooManyElements
        /// A value that the protocol does not allow in this place.
        case invalidValue
    }

    public let code: Code
    /// Where the fault lies: message and field names from the outside in, as far as they are known.
    public let path: [String]
    /// Position of the fault in the innermost message, in bytes.
    public let offset: Int

    public init(_ code: Code, path: [String] = [], offset: Int) {
        self.code = code
        self.path = path
        self.offset = offset
    }

    /// The same error seen from one message further out.
    public func within(_ name: String) -> WireError {
        WireError(code, path: [name] + path, offset: offset)
    }

    public var description: String {
        let place = path.isEmpty ? "The message" : path.joined(separator: ".")
        return "\(place) does not decode: \(reason) at byte \(offset)."
    }

    private var reason: String {
        switch code {
        case .truncated: "the bytes end inside a field"
        case .overlongVarint: "a number is longer than 64 bits"
        case .invalidFieldNumber: "a field number is out of range"
        case .invalidWireType: "a field has no valid wire type"
        case .invalidUTF8: "a text is not UTF-8"
        case .nestedTooDeeply: "messages are nested deeper than \(WireReader.depthMax)"
        case .tooLong: "a message is longer than \(WireReader.byteCountMax) bytes"
        case .tooManyElements: "there are more elements than are allowed"
        case .invalidValue: "a value is not allowed here"
        }
    }
}
