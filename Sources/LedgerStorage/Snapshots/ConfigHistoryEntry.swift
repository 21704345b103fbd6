internal import FabricTypes
internal import LedgerCore

/// The private data collections that a chaincode's definition declared, from one block on.
///
/// Later blocks' rules depend on these, and a snapshot carries them all. Source: Fabric's `confighistory.Mgr`.
struct ConfigHistoryEntry: Hashable {
    // The name under which older networks kept definitions still begins every key.
    private static let keyPrefix = Bytes("slscc\u{0}")
    private static let keySuffix = Bytes("~collection")
    private static let blockByteCount = 8

    let chaincode: Bytes
    let block: BlockNumber
    /// An encoded `CollectionConfigPackage`.
    let collections: Bytes

    init(chaincode: Bytes, block: BlockNumber, collections: Bytes) {
        self.chaincode = chaincode
        self.block = block
        self.collections = collections
    }

    /// Reads a snapshot's record; nil where it is none.
    init?(snapshotKey key: Bytes, collections: Bytes) {
        let nameEnd = key.count - Self.blockByteCount - Self.keySuffix.count
        guard nameEnd > Self.keyPrefix.count, key.starts(with: Self.keyPrefix),
            key[nameEnd..<key.count].starts(with: Self.keySuffix)
        else { return nil }
        let number = key[(key.count - Self.blockByteCount)..<key.count].reduce(0) { $0 << 8 | UInt64($1) }
        self.init(chaincode: key[Self.keyPrefix.count..<nameEnd], block: .max - number, collections: collections)
    }

    /// The key in a snapshot, in whose order the newest entry of a chaincode comes first.
    var snapshotKey: Bytes {
        let number = withUnsafeBytes(of: (UInt64.max - block).bigEndian) { Bytes(Array($0)) }
        return Bytes(joining: [Self.keyPrefix, chaincode, Self.keySuffix, number])
    }

    /// The entries that a block adds: one for each definition it sets that declares collections.
    ///
    /// - Parameter value: the value of a key of `_lifecycle` after the block.
    static func entries(
        of commit: BlockCommit, value: (_ key: Bytes) throws -> Bytes?
    ) throws -> [ConfigHistoryEntry] {
        guard let definitions = commit.updates.publicState[LifecycleKeys.namespace] else { return [] }
        var entries: [ConfigHistoryEntry] = []
        try definitions.forEach { key, update in
            // A definition's sequence changes with every definition, its other fields only where they differ.
            guard update.state != nil, let name = LifecycleKeys.name(in: key),
                key == LifecycleKeys.field(.sequence, of: name),
                let stored = try value(LifecycleKeys.field(.collections, of: name)),
                // What does not decode declares nothing, to us as to everybody.
                case .bytes(let collections)? = try? LifecycleStateData(decoding: stored).value,
                let package = try? CollectionConfigPackage(decoding: collections), !package.configs.isEmpty
            else { return }
            entries.append(ConfigHistoryEntry(chaincode: name, block: commit.number, collections: collections))
        }
        return entries
    }
}
