/// What a transaction read and wrote of one private collection, as everybody sees it: hashes of keys and values.
///
/// Source: Fabric's `kvrwset.HashedRWSet`.
package struct HashedRWSet: WireMessage {
    package static let messageName = "kvrwset.HashedRWSet"

    package var reads: [KVReadHash] = []
    package var writes: [KVWriteHash] = []
    package var metadataWrites: [KVMetadataWriteHash] = []

    package init() {}

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: try field.append(to: &reads)
        case 2: try field.append(to: &writes)
        case 3: try field.append(to: &metadataWrites)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, messages: reads)
        writer.write(2, messages: writes)
        writer.write(3, messages: metadataWrites)
    }
}

/// A private key as it was read; without a version the key was missing.
///
/// Source: Fabric's `kvrwset.KVReadHash`.
package struct KVReadHash: WireMessage {
    package static let messageName = "kvrwset.KVReadHash"

    /// 32 bytes from any honest simulator, but any bytes decode.
    package var keyHash = Bytes()
    package var version: Version?

    package init() {}

    package init(keyHash: Bytes, version: Version?) {
        self.keyHash = keyHash
        self.version = version
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: field.read(&keyHash)
        case 2: try field.merge(into: &version)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, keyHash)
        writer.write(2, message: version)
    }
}

/// A private key as it was written, deleted or purged.
///
/// Source: Fabric's `kvrwset.KVWriteHash`.
package struct KVWriteHash: WireMessage {
    package static let messageName = "kvrwset.KVWriteHash"

    private static let hashOfNothing = Digest(of: Bytes()).bytes

    package var keyHash = Bytes()
    /// The field as it travels; ``deletes`` says what the write does.
    package var isDelete = false
    package var valueHash = Bytes()
    /// Beyond deleting, all earlier values of the key are to be forgotten wherever private data is kept.
    package var isPurge = false

    package init() {}

    /// A write as Fabric's simulator records it: an empty value is a delete and has no hash.
    package init(key: Bytes, value: Bytes, isPurge: Bool = false) {
        self.keyHash = Digest(of: key).bytes
        self.isDelete = value.isEmpty
        self.valueHash = value.isEmpty ? Bytes() : Digest(of: value).bytes
        self.isPurge = isPurge
    }

    /// Whether committing this write removes the key: the hash of the empty value does too.
    package var deletes: Bool { isDelete || valueHash.isEmpty || valueHash == Self.hashOfNothing }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: field.read(&keyHash)
        case 2: field.read(&isDelete)
        case 3: field.read(&valueHash)
        case 4: field.read(&isPurge)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, keyHash)
        writer.write(2, isDelete)
        writer.write(3, valueHash)
        writer.write(4, isPurge)
    }
}

/// The new metadata of a private key; without entries the metadata is removed.
///
/// Source: Fabric's `kvrwset.KVMetadataWriteHash`.
package struct KVMetadataWriteHash: WireMessage {
    package static let messageName = "kvrwset.KVMetadataWriteHash"

    package var keyHash = Bytes()
    package var entries: [KVMetadataEntry] = []

    package init() {}

    package init(keyHash: Bytes, entries: [KVMetadataEntry]) {
        self.keyHash = keyHash
        self.entries = entries
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: field.read(&keyHash)
        case 2: try field.append(to: &entries)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, keyHash)
        writer.write(2, messages: entries)
    }
}
