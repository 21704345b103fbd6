package import FabricTypes

extension BlockFiles {
    /// A place to start reading from: a block that the database knows.
    package struct Anchor: Sendable {
        package let number: BlockNumber
        package let location: BlockLocation

        package init(number: BlockNumber, location: BlockLocation) {
            self.number = number
            self.location = location
        }
    }

    /// Opens the block files, reads every record behind the anchor, and cuts a torn end off.
    ///
    /// - Parameters:
    ///   - anchor: the last block that the database holds; nil to read all blocks from the beginning.
    ///   - visit: is given the anchor's block and each one behind it, in order.
    /// - Throws: ``StorageError/Code/blocksMissing`` if the anchor itself is not there, ``StorageError/Code/damaged`` for
    ///   anything wrong that is not the end of an append that was never acknowledged.
    package static func open(
        in folder: any StorageFolder, segmentByteCount: UInt64 = segmentByteCountDefault, after anchor: Anchor?,
        visit: (BlockNumber, BlockLocation, Bytes) throws -> Void
    ) throws -> BlockFiles {
        let segments = try openSegments(in: folder)
        let recovery = Recovery(folder: folder, segments: segments)
        let (segment, offset, nextNumber) = try recovery.run(after: anchor, visit: visit)
        // Segments behind the end hold nothing but what was torn, or nothing at all.
        for index in stride(from: segments.count - 1, to: segment, by: -1) {
            try folder.remove(segments[index].name)
        }
        if segments.indices.contains(segment), try segments[segment].byteCount() > offset {
            try segments[segment].truncate(to: offset)
            try segments[segment].sync()
        }
        if segments.count > segment + 1 { try folder.syncNames() }
        return BlockFiles(
            folder: folder, segmentByteCount: segmentByteCount, segments: Array(segments.prefix(segment + 1)),
            endOffset: offset, nextNumber: nextNumber)
    }

    /// Reads as ``open(in:segmentByteCount:after:visit:)`` does and changes nothing: for looking at a ledger.
    ///
    /// - Returns: how many bytes behind the last block are a torn end.
    package static func read(
        in folder: any StorageFolder, after anchor: Anchor?, visit: (BlockNumber, BlockLocation, Bytes) throws -> Void
    ) throws -> UInt64 {
        let segments = try openSegments(in: folder)
        let (segment, offset, _) = try Recovery(folder: folder, segments: segments).run(after: anchor, visit: visit)
        var tornByteCount: UInt64 = 0
        for index in segments.indices where index >= segment {
            let byteCount = try segments[index].byteCount()
            tornByteCount += index == segment ? byteCount - min(byteCount, offset) : byteCount
        }
        return tornByteCount
    }

    /// The files for reading single blocks. Nothing can be appended to what this returns.
    static func reader(in folder: any StorageFolder) throws(StorageError) -> BlockFiles {
        BlockFiles(
            folder: folder, segmentByteCount: segmentByteCountDefault, segments: try openSegments(in: folder),
            endOffset: 0, nextNumber: 0)
    }

    static func openSegments(in folder: any StorageFolder) throws(StorageError) -> [any StorageFile] {
        let names = try folder.fileNames().filter { $0.hasSuffix(fileNameSuffix) }.sorted()
        var segments: [any StorageFile] = []
        for (index, name) in names.enumerated() {
            guard name == fileName(segment: index) else {
                throw StorageError(
                    .damaged,
                    "The block file \"\(folder.path)/\(fileName(segment: index))\" is missing; \"\(name)\" comes next. Restore it from a copy."
                )
            }
            segments.append(try folder.open(name, creating: false))
        }
        return segments
    }
}

/// Reads segments from an anchor to their end and says where the end is.
private struct Recovery {
    let folder: any StorageFolder
    let segments: [any StorageFile]

    func run(
        after anchor: BlockFiles.Anchor?, visit: (BlockNumber, BlockLocation, Bytes) throws -> Void
    ) throws -> (segment: Int, offset: UInt64, nextNumber: BlockNumber?) {
        var segment = Int(anchor?.location.segment ?? 0)
        var offset: UInt64 = anchor?.location.offset ?? 0
        var expected: BlockNumber? = anchor?.number
        if let anchor { try check(anchor, at: segment, offset) }
        while segments.indices.contains(segment) {
            let file = segments[segment]
            let fileByteCount = try file.byteCount()
            switch try BlockRecord.read(from: file, at: offset, fileByteCount: fileByteCount) {
            case .record(let record):
                if let expected, record.number != expected {
                    throw BlockFiles.damage(expected, folder, file, offset, "block \(record.number) stands there")
                }
                let location = BlockLocation(
                    segment: UInt32(segment), offset: offset, byteCount: UInt32(record.block.count))
                try visit(record.number, location, record.block)
                offset += UInt64(record.byteCount)
                expected = record.number + 1
            case .end:
                // Only an end that is followed by another record's segment is not the end of all.
                guard segment + 1 < segments.count, try segments[segment + 1].byteCount() > 0 else {
                    return (segment, offset, expected)
                }
                segment += 1
                offset = 0
            case .wrong(let reason):
                try requireTornEnd(segment, offset, reason, expected: expected ?? 0)
                return (segment, offset, expected)
            }
        }
        return (max(0, segments.count - 1), 0, nil)
    }

    /// The last block that the database holds must be there: it was acknowledged.
    private func check(_ anchor: BlockFiles.Anchor, at segment: Int, _ offset: UInt64) throws {
        guard segments.indices.contains(segment), try segments[segment].byteCount() > offset else {
            throw StorageError(
                .blocksMissing,
                "The database in \"\(folder.path)\" ends with block \(anchor.number), but the block files end before it: acknowledged blocks are lost. Restore the block files from a copy, or remove this peer's ledger and let it fetch the blocks again."
            )
        }
        let file = segments[segment]
        let reading = try BlockRecord.read(from: file, at: offset, fileByteCount: try file.byteCount())
        guard case .record(let record) = reading, record.number == anchor.number else {
            let reason =
                switch reading {
                case .record(let record): "block \(record.number) stands there"
                case .end: "the file ends before it"
                case .wrong(let reason): reason
                }
            throw BlockFiles.damage(anchor.number, folder, file, offset, reason)
        }
    }

    /// A wrong record is the torn end of an append if nothing whole stands behind it but blocks of the same append, which
    /// may have reached the disk in any order.
    private func requireTornEnd(_ segment: Int, _ offset: UInt64, _ reason: String, expected: BlockNumber) throws {
        for index in segment..<segments.count {
            let file = segments[index]
            let fileByteCount = try file.byteCount()
            var position = index == segment ? offset + 1 : 0
            while let (later, place) = try BlockRecord.search(in: file, from: position, fileByteCount: fileByteCount) {
                let groupFirst = later.number - min(later.number, BlockNumber(later.groupOffset))
                guard later.number > expected, groupFirst <= expected else {
                    throw BlockFiles.damage(
                        expected, folder, segments[segment], offset,
                        "\(reason), yet block \(later.number) stands whole behind it")
                }
                position = place + UInt64(later.byteCount)
            }
        }
    }
}
