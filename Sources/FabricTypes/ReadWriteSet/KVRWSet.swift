/// What a transaction read and wrote of one namespace's public state, or wrote of one private collection.
///
/// Source: Fabric's `kvrwset.KVRWSet`. Keys are `string` fields kept as bytes: they are checked to be UTF-8, as Go does,
/// and compared bytewise.
package struct KVRWSet: WireMessage {
    package static let messageName = "kvrwset.KVRWSet"

    package var reads: [KVRead] = []
    package var rangeQueries: [RangeQueryInfo] = []
    package var writes: [KVWrite] = []
    package var metadataWrites: [KVMetadataWrite] = []

    package init() {}

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: try field.append(to: &reads)
        case 2: try field.append(to: &rangeQueries)
        case 3: try field.append(to: &writes)
        case 4: try field.append(to: &metadataWrites)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, messages: reads)
        writer.write(2, messages: rangeQueries)
        writer.write(3, messages: writes)
        writer.write(4, messages: metadataWrites)
    }
}

/// A key as it was read; without a version the key was missing.
///
/// Source: Fabric's `kvrwset.KVRead`.
package struct KVRead: WireMessage {
    package static let messageName = "kvrwset.KVRead"

    package var key = Bytes()
    package var version: Version?

    package init() {}

    package init(key: Bytes, version: Version?) {
        self.key = key
        self.version = version
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: try field.readUTF8(&key)
        case 2: try field.merge(into: &version)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, key)
        writer.write(2, message: version)
    }
}

/// A key as it was written or deleted.
///
/// Source: Fabric's `kvrwset.KVWrite`.
package struct KVWrite: WireMessage {
    package static let messageName = "kvrwset.KVWrite"

    package var key = Bytes()
    /// The field as it travels; ``deletes`` says what the write does.
    package var isDelete = false
    package var value = Bytes()

    package init() {}

    /// A write as Fabric's simulator records it: an empty value is a delete.
    package init(key: Bytes, value: Bytes) {
        self.key = key
        self.isDelete = value.isEmpty
        self.value = value
    }

    /// Whether committing this write removes the key: an empty value does, whatever the field says.
    package var deletes: Bool { isDelete || value.isEmpty }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: try field.readUTF8(&key)
        case 2: field.read(&isDelete)
        case 3: field.read(&value)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, key)
        writer.write(2, isDelete)
        writer.write(3, value)
    }
}

/// The new metadata of a key; without entries the metadata is removed.
///
/// Source: Fabric's `kvrwset.KVMetadataWrite`.
package struct KVMetadataWrite: WireMessage {
    package static let messageName = "kvrwset.KVMetadataWrite"

    package var key = Bytes()
    package var entries: [KVMetadataEntry] = []

    package init() {}

    package init(key: Bytes, entries: [KVMetadataEntry]) {
        self.key = key
        self.entries = entries
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: try field.readUTF8(&key)
        case 2: try field.append(to: &entries)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, key)
        writer.write(2, messages: entries)
    }
}

/// One named piece of a key's metadata.
///
/// Source: Fabric's `kvrwset.KVMetadataEntry`.
package struct KVMetadataEntry: WireMessage {
    package static let messageName = "kvrwset.KVMetadataEntry"

    package var name = Bytes()
    package var value = Bytes()

    package init() {}

    package init(name: Bytes, value: Bytes) {
        self.name = name
        self.value = value
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: try field.readUTF8(&name)
        case 2: field.read(&value)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, name)
        writer.write(2, value)
    }
}
