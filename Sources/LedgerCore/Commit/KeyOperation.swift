internal import FabricTypes

/// What one transaction does to one key, folded from all its writes of that key.
///
/// A well-made set writes a key's value at most once and its metadata at most once. Where a set names a key twice Fabric's
/// peers *add* the operations' numbers instead of joining them, so that two puts read as a change of metadata, and two
/// deletes as nothing at all. Peers must come to equal states, so the same numbers are added here.
/// Source: Fabric's `validation.keyOps`.
struct KeyOperation {
    private static let put: UInt8 = 1
    private static let metadataPut: UInt8 = 2
    private static let metadataDelete: UInt8 = 4
    private static let delete: UInt8 = 8

    private var flags: UInt8 = 0
    private(set) var value = Bytes()
    private(set) var metadata = Bytes()

    /// What is left to do, in the order in which Fabric asks.
    enum Effect {
        case delete
        case putValueAndMetadata
        /// Metadata stays as it is.
        case putValue
        /// The value stays as it is; nothing happens where there is none.
        case putMetadata
    }

    var effect: Effect {
        if flags & Self.delete != 0 { return .delete }
        if flags & Self.put != 0, flags & (Self.metadataPut | Self.metadataDelete) != 0 { return .putValueAndMetadata }
        if flags | Self.put == Self.put { return .putValue }
        return .putMetadata
    }

    mutating func write(_ value: Bytes) {
        flags &+= Self.put
        self.value = value
    }

    mutating func delete() {
        flags &+= Self.delete
    }

    mutating func writeMetadata(_ entries: [KVMetadataEntry]) {
        if let metadata = KeyMetadata(entries) {
            flags &+= Self.metadataPut
            self.metadata = metadata.encoded
        } else {
            flags &+= Self.metadataDelete
        }
    }
}
