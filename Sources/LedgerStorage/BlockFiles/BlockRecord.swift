internal import FabricTypes

/// One block in a segment: a header of 24 bytes, then the block as it is served.
///
/// Header, little-endian: mark (4 bytes), block's byte count (4), block number (8), place within the group of blocks that
/// one sync made durable (4), CRC-32C (4) over the header before it and the block.
struct BlockRecord {
    static let headerByteCount = 24
    private static let mark = Bytes([0xD1, 0x42, 0x4C, 0x4B])

    let number: BlockNumber
    /// 0 for the first block that its sync made durable.
    let groupOffset: UInt32
    let block: Bytes

    var byteCount: Int { Self.headerByteCount + block.count }

    /// Header and block, ready to be written.
    var encoded: [UInt8] {
        var header = Self.prefix(number: number, groupOffset: groupOffset, byteCount: UInt32(block.count))
        var checksum = CRC32C()
        checksum.update(Bytes(header))
        checksum.update(block)
        header.append(checksum.value)
        return header + block.array
    }

    private static func prefix(number: BlockNumber, groupOffset: UInt32, byteCount: UInt32) -> [UInt8] {
        var bytes = mark.array
        bytes.append(byteCount)
        bytes.append(number)
        bytes.append(groupOffset)
        return bytes
    }

    enum Reading {
        case record(BlockRecord)
        /// The file ends here, exactly behind a record.
        case end
        /// What stands here is no whole record; why, as the end of a sentence.
        case wrong(String)
    }

    /// Reads the record at an offset; never more than the file holds.
    static func read(
        from file: any StorageFile, at offset: UInt64, fileByteCount: UInt64
    ) throws(StorageError) -> Reading {
        guard offset < fileByteCount else { return .end }
        let header: Bytes
        let byteCount: UInt32
        switch try Self.header(in: file, at: offset, fileByteCount: fileByteCount) {
        case .header(let bytes, let count): (header, byteCount) = (bytes, count)
        case .wrong(let reason): return .wrong(reason)
        }
        let block = try file.read(at: offset + UInt64(headerByteCount), byteCount: Int(byteCount))
        var checksum = CRC32C()
        checksum.update(header[0..<(headerByteCount - 4)])
        checksum.update(block)
        guard block.count == Int(byteCount), checksum.value == header.load(at: 20) else {
            return .wrong("the checksum does not fit")
        }
        return .record(BlockRecord(number: header.load(at: 8), groupOffset: header.load(at: 16), block: block))
    }

    private enum HeaderReading {
        /// The header, and how many bytes its block has.
        case header(Bytes, byteCount: UInt32)
        case wrong(String)
    }

    private static func header(
        in file: any StorageFile, at offset: UInt64, fileByteCount: UInt64
    ) throws(StorageError) -> HeaderReading {
        let header = try file.read(at: offset, byteCount: headerByteCount)
        guard header.count == headerByteCount else { return .wrong("the file ends within the record's header") }
        guard header.starts(with: mark) else { return .wrong("no record begins here") }
        let byteCount: UInt32 = header.load(at: 4)
        guard UInt64(byteCount) <= fileByteCount - offset - UInt64(headerByteCount) else {
            return .wrong("the file ends within the record's block")
        }
        return .header(header, byteCount: byteCount)
    }

    enum Extent {
        /// Where the record ends, if its length is true.
        case record(end: UInt64)
        case end
        case wrong(String)
    }

    /// Where the record at an offset ends, by its header alone.
    static func extent(
        in file: any StorageFile, at offset: UInt64, fileByteCount: UInt64
    ) throws(StorageError) -> Extent {
        guard offset < fileByteCount else { return .end }
        switch try header(in: file, at: offset, fileByteCount: fileByteCount) {
        case .header(_, let byteCount): return .record(end: offset + UInt64(headerByteCount) + UInt64(byteCount))
        case .wrong(let reason): return .wrong(reason)
        }
    }

    /// Looks for a whole record anywhere from an offset on: what tells damage from a torn end.
    static func search(
        in file: any StorageFile, from offset: UInt64, fileByteCount: UInt64
    ) throws(StorageError) -> (record: BlockRecord, offset: UInt64)? {
        let windowByteCount = 1 << 20
        var position = offset
        while position < fileByteCount {
            let window = try file.read(at: position, byteCount: windowByteCount)
            for index in window.indices where window[index] == mark[0] && window[index...].starts(with: mark) {
                let place = position + UInt64(index)
                let reading = try read(from: file, at: place, fileByteCount: fileByteCount)
                if case .record(let record) = reading { return (record, place) }
            }
            if window.count < windowByteCount { return nil }
            // Windows overlap so that a mark across the border is seen.
            position += UInt64(windowByteCount - mark.count)
        }
        return nil
    }
}

extension [UInt8] {
    fileprivate mutating func append(_ word: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: word.littleEndian) { append(contentsOf: $0) }
    }
}

extension Bytes {
    fileprivate func load<Word: FixedWidthInteger>(at offset: Int) -> Word {
        withUnsafeBytes { Word(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: Word.self)) }
    }
}
