/// A channel's name, checked against Fabric's rule: `[a-z][a-z0-9.-]*`, at most 249 bytes.
///
/// Holding a `ChannelID` is proof of the check; code that receives one does not check again.
public struct ChannelID: Hashable, Sendable {
    public static let byteCountMax = 249
    public let rawValue: String

    /// - Throws: ``InvalidName`` with the position of the first byte that breaks the rule.
    public init(validating text: String) throws(InvalidName) {
        let utf8 = Array(text.utf8)
        func refuse(_ offset: Int, _ rule: String) -> InvalidName {
            InvalidName(kind: "Channel ID", text: text, utf8Offset: offset, rule: rule)
        }
        guard !utf8.isEmpty else { throw refuse(0, "it must not be empty") }
        guard utf8.count <= Self.byteCountMax else {
            throw refuse(Self.byteCountMax, "it must have at most \(Self.byteCountMax) bytes")
        }
        for (offset, byte) in utf8.enumerated() {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"):
                continue
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"):
                if offset == 0 { throw refuse(0, "the first character must be a lower-case letter") }
            default:
                throw refuse(offset, "only lower-case letters, digits, \".\" and \"-\" are allowed")
            }
        }
        self.rawValue = text
    }
}

extension ChannelID: CustomStringConvertible {
    public var description: String { rawValue }
}
