internal import FabricTypes

/// Writes one file of a snapshot: a byte for the format, then numbers and byte strings with their counts.
///
/// Source: Fabric's `snapshot.FileWriter`.
struct SnapshotFileWriter {
    static let format: UInt8 = 1
    private static let flushByteCount = 1 << 20

    private let file: any StorageFile
    private var pending: [UInt8] = [format]
    private var writtenByteCount: UInt64 = 0
    private var hash = DigestBuilder()

    init(creating name: String, in folder: any StorageFolder) throws(StorageError) {
        file = try folder.open(name, creating: true)
    }

    mutating func append(_ number: UInt64) {
        pending.append(varint: number)
    }

    mutating func append(_ bytes: Bytes) throws(StorageError) {
        append(UInt64(bytes.count))
        bytes.withUnsafeBytes { pending.append(contentsOf: $0) }
        if pending.count >= Self.flushByteCount { try flush() }
    }

    private mutating func flush() throws(StorageError) {
        let bytes = Bytes(pending)
        try file.write(bytes, at: writtenByteCount)
        hash.update(bytes)
        writtenByteCount += UInt64(pending.count)
        pending.removeAll(keepingCapacity: true)
    }

    /// Makes the file durable.
    ///
    /// - Returns: the hash of all of it.
    mutating func finish() throws(StorageError) -> Digest {
        try flush()
        try file.sync()
        return hash.digest
    }
}

extension [UInt8] {
    /// Seven bits a byte, the lowest first, as protobuf and Go write them.
    fileprivate mutating func append(varint number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(rest))
    }
}
