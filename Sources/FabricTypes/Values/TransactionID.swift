/// A transaction's name: the SHA-256 of nonce and creator, as 64 lower-case hexadecimal digits on the wire.
///
/// Source: Fabric's `protoutil.ComputeTxID`.
public struct TransactionID: Hashable, Sendable {
    public let digest: Digest

    public init(nonce: Bytes, creator: Bytes) {
        self.digest = Digest(of: nonce, creator)
    }

    public init(_ digest: Digest) {
        self.digest = digest
    }

    /// - Throws: ``InvalidName`` unless the text is 64 lower-case hexadecimal digits.
    public init(validating text: String) throws(InvalidName) {
        func refuse(_ offset: Int) -> InvalidName {
            InvalidName(
                kind: "Transaction ID", text: text, utf8Offset: offset,
                rule: "it must be 64 lower-case hexadecimal digits")
        }
        for (offset, byte) in text.utf8.enumerated() {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): continue
            default: throw refuse(offset)
            }
        }
        guard let bytes = Bytes(hex: text), let digest = Digest(bytes) else { throw refuse(text.utf8.count) }
        self.digest = digest
    }

    public var rawValue: String { digest.hex }
}

extension TransactionID: CustomStringConvertible {
    public var description: String { rawValue }
}
