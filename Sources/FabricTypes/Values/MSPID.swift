/// The name under which an organisation's identities are known on a channel, for example `Org1MSP`.
///
/// Fabric allows any non-empty text here; the stricter rule of policy texts (`[a-zA-Z0-9.-]+`) is theirs.
public struct MSPID: Hashable, Sendable {
    /// The bytes as they stand in identities. Compared bytewise, as Go does.
    public let bytes: Bytes

    /// - Throws: ``InvalidName`` if the text is empty.
    public init(validating text: String) throws(InvalidName) {
        guard !text.isEmpty else {
            throw InvalidName(kind: "MSP ID", text: text, utf8Offset: 0, rule: "it must not be empty")
        }
        self.bytes = Bytes(text)
    }

    /// The name of an MSP as a channel's configuration gives it, which may hold anything.
    package init(unchecked bytes: Bytes) {
        self.bytes = bytes
    }

    public var rawValue: String { bytes.lossyText }
}

extension MSPID: Comparable {
    public static func < (left: MSPID, right: MSPID) -> Bool {
        left.bytes < right.bytes
    }
}

extension MSPID: CustomStringConvertible {
    public var description: String { rawValue }
}
