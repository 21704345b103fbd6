/// Bytes that are not the distinguished encoding of what they should be.
package struct DERError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// The bytes end inside a value.
        case truncated
        /// A tag of more than one byte.
        case unsupportedTag
        /// A value of another type stands here.
        case unexpectedTag
        /// A length that is indefinite, too large, or longer than needed.
        case invalidLength
        case invalidInteger
        case invalidBoolean
        case invalidObjectIdentifier
        case invalidBitString
        case invalidTime
        case invalidText
        /// Bytes follow where nothing may.
        case trailingBytes
        /// The encoding is right and the value is not allowed here.
        case invalidValue
    }

    package let code: Code
    /// Position of the fault in the value that was being read, in bytes.
    package let offset: Int

    package init(_ code: Code, offset: Int) {
        self.code = code
        self.offset = offset
    }

    package var description: String {
        "\(reason) at byte \(offset)"
    }

    private var reason: String {
        switch code {
        case .truncated: "the bytes end inside a value"
        case .unsupportedTag: "a tag is longer than one byte"
        case .unexpectedTag: "a value of another type stands"
        case .invalidLength: "a length is not encoded as DER demands"
        case .invalidInteger: "a number is not encoded as DER demands or too large"
        case .invalidBoolean: "a truth value is neither 00 nor FF"
        case .invalidObjectIdentifier: "an object identifier is malformed"
        case .invalidBitString: "a bit string is malformed"
        case .invalidTime: "a time is malformed"
        case .invalidText: "a text has characters its type does not allow"
        case .trailingBytes: "unexpected bytes follow"
        case .invalidValue: "a value is not allowed"
        }
    }
}
