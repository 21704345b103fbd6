/// The private writes of one transaction, in plain text: what endorsers hand to the members of the collections.
///
/// Source: Fabric's `rwset.TxPvtReadWriteSet`.
package struct TxPvtReadWriteSet: WireMessage {
    package static let messageName = "rwset.TxPvtReadWriteSet"

    /// 0 is the only model there is, key-value.
    package var dataModel: Int32 = 0
    package var namespaces: [NsPvtReadWriteSet] = []

    package init() {}

    package init(namespaces: [NsPvtReadWriteSet]) {
        self.namespaces = namespaces
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: field.read(&dataModel)
        case 2: try field.append(to: &namespaces)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, dataModel)
        writer.write(2, messages: namespaces)
    }
}

/// Source: Fabric's `rwset.NsPvtReadWriteSet`.
package struct NsPvtReadWriteSet: WireMessage {
    package static let messageName = "rwset.NsPvtReadWriteSet"

    package var namespace = Bytes()
    package var collections: [CollectionPvtReadWriteSet] = []

    package init() {}

    package init(namespace: Bytes, collections: [CollectionPvtReadWriteSet]) {
        self.namespace = namespace
        self.collections = collections
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: try field.readUTF8(&namespace)
        case 2: try field.append(to: &collections)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, namespace)
        writer.write(2, messages: collections)
    }
}

/// Source: Fabric's `rwset.CollectionPvtReadWriteSet`.
package struct CollectionPvtReadWriteSet: WireMessage {
    package static let messageName = "rwset.CollectionPvtReadWriteSet"

    package var collection = Bytes()
    /// An encoded ``KVRWSet`` with writes and, by key only, metadata writes. Its SHA-256 stands in the public set, so it is
    /// kept as received.
    package var readWriteSet = Bytes()

    package init() {}

    package init(collection: Bytes, readWriteSet: Bytes) {
        self.collection = collection
        self.readWriteSet = readWriteSet
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: try field.readUTF8(&collection)
        case 2: field.read(&readWriteSet)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, collection)
        writer.write(2, readWriteSet)
    }
}

/// Private writes as they wait in a peer's transient store for their block.
///
/// Source: Fabric's `transientstore.TxPvtReadWriteSetWithConfigInfo`.
package struct TxPvtReadWriteSetWithConfigInfo: WireMessage {
    package static let messageName = "transientstore.TxPvtReadWriteSetWithConfigInfo"

    /// Height of the ledger, in blocks, when the transaction was simulated.
    package var endorsedAt: UInt64 = 0
    package var privateSet: TxPvtReadWriteSet?
    /// By namespace: the collections in force at simulation.
    package var collectionConfigs: [Bytes: CollectionConfigPackage] = [:]

    package init() {}

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: field.read(&endorsedAt)
        case 2: try field.merge(into: &privateSet)
        case 3: try field.merge(into: &collectionConfigs)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, endorsedAt)
        writer.write(2, message: privateSet)
        writer.write(3, map: collectionConfigs)
    }
}
