/// A transaction's read-write set as it travels in `ChaincodeAction.results`, its parts still encoded.
///
/// ``ReadWriteSet`` is the same with everything decoded. Source: Fabric's `rwset.TxReadWriteSet`.
package struct TxReadWriteSet: WireMessage {
    package static let messageName = "rwset.TxReadWriteSet"

    /// 0 is the only model there is, key-value.
    package var dataModel: Int32 = 0
    package var namespaces: [NsReadWriteSet] = []

    package init() {}

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

/// Source: Fabric's `rwset.NsReadWriteSet`.
package struct NsReadWriteSet: WireMessage {
    package static let messageName = "rwset.NsReadWriteSet"

    package var namespace = Bytes()
    /// An encoded ``KVRWSet``.
    package var readWriteSet = Bytes()
    package var collections: [CollectionHashedReadWriteSet] = []

    package init() {}

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: try field.readUTF8(&namespace)
        case 2: field.read(&readWriteSet)
        case 3: try field.append(to: &collections)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, namespace)
        writer.write(2, readWriteSet)
        writer.write(3, messages: collections)
    }
}

/// Source: Fabric's `rwset.CollectionHashedReadWriteSet`.
package struct CollectionHashedReadWriteSet: WireMessage {
    package static let messageName = "rwset.CollectionHashedReadWriteSet"

    package var collection = Bytes()
    /// An encoded ``HashedRWSet``.
    package var hashedReadWriteSet = Bytes()
    /// SHA-256 of the encoded private ``KVRWSet``; empty where the collection was only read.
    package var privateSetHash = Bytes()

    package init() {}

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: try field.readUTF8(&collection)
        case 2: field.read(&hashedReadWriteSet)
        case 3: field.read(&privateSetHash)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, collection)
        writer.write(2, hashedReadWriteSet)
        writer.write(3, privateSetHash)
    }
}
