internal import FabricTypes

/// Reads one file of a snapshot from its beginning, a piece at a time.
///
/// Nothing in it is trusted: counts beyond the file's end, numbers that are too long and another format are refused.
struct SnapshotFileReader {
    private static let chunkByteCount = 1 << 20
    /// Bytes of one record: more than any transaction can write.
    private static let recordByteCountMax: UInt64 = 1 << 30

    private let file: any StorageFile
    private let folder: String
    private let fileByteCount: UInt64
    private var chunk = Bytes()
    /// Where the chunk begins in the file.
    private var chunkOffset: UInt64 = 0
    /// The next byte's place in the chunk.
    private var index = 0

    /// - Throws: ``StorageError/Code/damaged`` where the file has another format.
    init(_ name: String, in folder: any StorageFolder) throws(StorageError) {
        file = try folder.open(name, creating: false)
        self.folder = folder.path
        fileByteCount = try file.byteCount()
        let format = try byte()
        guard format == SnapshotFileWriter.format else {
            throw damage("begins with \(format), not with the format \(SnapshotFileWriter.format)")
        }
    }

    private var offset: UInt64 { chunkOffset + UInt64(index) }

    var isAtEnd: Bool { offset >= fileByteCount }

    mutating func number() throws(StorageError) -> UInt64 {
        var number: UInt64 = 0
        for position in 0..<10 {
            let byte = try byte()
            // The tenth byte has room for one bit only.
            guard position < 9 || byte <= 1 else { break }
            number |= UInt64(byte & 0x7F) << UInt64(position * 7)
            if byte < 0x80 { return number }
        }
        throw damage("holds a number that is too long")
    }

    mutating func bytes() throws(StorageError) -> Bytes {
        let count = try number()
        guard count <= Self.recordByteCountMax else { throw damage("holds a record of \(count) bytes") }
        guard offset <= fileByteCount, count <= fileByteCount - offset else { throw damage("ends within a record") }
        if count > UInt64(chunk.count - index) {
            try load(max(Int(count), Self.chunkByteCount))
            guard chunk.count >= Int(count) else { throw damage("ends within a record") }
        }
        defer { index += Int(count) }
        // A copy: a slice would keep the chunk.
        return Bytes(Array(chunk[index..<(index + Int(count))]))
    }

    private mutating func byte() throws(StorageError) -> UInt8 {
        if index == chunk.count { try load(Self.chunkByteCount) }
        guard index < chunk.count else { throw damage("ends within a record") }
        defer { index += 1 }
        return chunk[index]
    }

    private mutating func load(_ byteCount: Int) throws(StorageError) {
        chunkOffset = offset
        index = 0
        chunk = try file.read(at: chunkOffset, byteCount: byteCount)
    }

    /// - Parameter reason: what is wrong with the file, as the end of a sentence.
    func damage(_ reason: String) -> StorageError {
        .damagedSnapshot(folder, "its file \"\(file.name)\" \(reason), before byte \(offset)")
    }

    /// The hash of a whole file.
    static func digest(of name: String, in folder: any StorageFolder) throws(StorageError) -> Digest {
        let file = try folder.open(name, creating: false)
        var hash = DigestBuilder()
        var offset: UInt64 = 0
        while true {
            let chunk = try file.read(at: offset, byteCount: chunkByteCount)
            if chunk.isEmpty { return hash.digest }
            hash.update(chunk)
            offset += UInt64(chunk.count)
        }
    }
}
