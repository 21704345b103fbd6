package import FabricTypes

/// The hash by which peers compare their ledgers: it chains each block's codes and the net effect of its transactions.
///
/// Private values, metadata, expiries and the channel's configuration are not in it. Block 0 has none.
/// Source: Fabric's `kvledger.addBlockCommitHash` and `txmgr.deterministicBytesForPubAndHashUpdates`.
package enum CommitHash {
    /// - Parameters:
    ///   - updates: the effects of the block's transactions, before expiries.
    ///   - previous: the commit hash of the block before; nil at block 1.
    package static func next(codes: [ValidationCode], updates: StateUpdates, previous: Digest?) -> Digest {
        Digest(
            of: length(codes.count), Bytes(codes.map(\.rawValue)), updateBytes(updates), previous?.bytes ?? Bytes())
    }

    /// The updates as one message of ordered writes, each naming its namespace and collection only where they change.
    static func updateBytes(_ updates: StateUpdates) -> Bytes {
        var writer = WireWriter()
        var collections: [Bytes: [CollectionID]] = [:]
        for id in updates.hashedState.keys { collections[id.namespace, default: []].append(id) }
        let namespaces = Set(updates.publicState.keys).union(collections.keys)
        for namespace in namespaces.sorted() where namespace != ChannelConfigState.namespace {
            var isFirst = true
            func write(_ updates: KeyUpdates, collection: Bytes) {
                var name = collection
                updates.forEach { key, update in
                    var element = WireWriter()
                    element.write(1, isFirst ? namespace : Bytes())
                    element.write(2, name)
                    element.write(3, key)
                    element.write(4, update.state == nil)
                    element.write(5, update.state?.value ?? Bytes())
                    element.write(6, update.version.orderedBytes)
                    writer.writeAlways(1, element.bytes)
                    isFirst = false
                    name = Bytes()
                }
            }
            if let updates = updates.publicState[namespace] { write(updates, collection: Bytes()) }
            for id in collections[namespace, default: []].sorted() {
                if let updates = updates.hashedState[id] { write(updates, collection: id.collection) }
            }
        }
        return writer.bytes
    }

    /// A length as a varint of its own.
    private static func length(_ count: Int) -> Bytes {
        var bytes: [UInt8] = []
        var rest = UInt64(count)
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
        return Bytes(bytes)
    }
}
