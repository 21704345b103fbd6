package import FabricTypes
internal import Synchronization

/// Where a block stands in the block files.
package struct BlockLocation: Hashable, Sendable {
    /// The number of the segment file, from 0.
    package let segment: UInt32
    /// Position of the record in the segment, in bytes.
    package let offset: UInt64
    /// Size of the block, in bytes, without the record's header.
    package let byteCount: UInt32

    package init(segment: UInt32, offset: UInt64, byteCount: UInt32) {
        self.segment = segment
        self.offset = offset
        self.byteCount = byteCount
    }
}

/// A channel's blocks: append-only segment files, the truth from which everything else can be rebuilt.
///
/// Durability: ``append(_:)`` returns once all the blocks are on disk. Concurrency: one writer; any number of readers
/// beside it. After a failed write or sync nothing more can be appended: the process must stop and recover.
package final class BlockFiles: Sendable {
    /// When a segment has reached this many bytes the next block begins a new one. 1 KiB … 1 TiB.
    package static let segmentByteCountDefault: UInt64 = 256 << 20

    private struct State {
        var segments: [any StorageFile]
        /// Where the next record goes in the last segment.
        var endOffset: UInt64
        var nextNumber: BlockNumber?
        var failure: StorageError?
    }

    let folder: any StorageFolder
    private let segmentByteCount: UInt64
    private let state: Mutex<State>

    init(
        folder: any StorageFolder, segmentByteCount: UInt64, segments: [any StorageFile], endOffset: UInt64,
        nextNumber: BlockNumber?
    ) {
        self.folder = folder
        self.segmentByteCount = segmentByteCount
        self.state = Mutex(State(segments: segments, endOffset: endOffset, nextNumber: nextNumber))
    }

    /// The number that the next block must have; nil while there is none, so that a ledger may begin at a snapshot.
    package var nextNumber: BlockNumber? { state.withLock { $0.nextNumber } }

    package var segmentCount: Int { state.withLock { $0.segments.count } }

    /// Bytes in all segments.
    package func byteCount() throws(StorageError) -> UInt64 {
        var sum: UInt64 = 0
        for segment in state.withLock({ $0.segments }) { sum += try segment.byteCount() }
        return sum
    }

    /// Appends blocks in order and returns when they are durable. They share one sync.
    ///
    /// - Throws: ``StorageError``; none of the blocks counts as stored then, and every later call throws the same.
    package func append(_ blocks: [(number: BlockNumber, bytes: Bytes)]) throws(StorageError) -> [BlockLocation] {
        // The lock is held for the writing: there is one writer, and readers take it only to look a segment up.
        try state.withLock { (state) throws(StorageError) -> [BlockLocation] in
            if let failure = state.failure { throw failure }
            do throws(StorageError) {
                return try append(blocks, to: &state)
            } catch {
                state.failure = error
                throw error
            }
        }
    }

    private func append(
        _ blocks: [(number: BlockNumber, bytes: Bytes)], to state: inout State
    ) throws(StorageError) -> [BlockLocation] {
        var locations: [BlockLocation] = []
        var pending: [UInt8] = []
        for (index, block) in blocks.enumerated() {
            precondition(state.nextNumber.map { $0 == block.number } ?? true, "block numbers rise by one")
            guard block.bytes.count <= UInt32.max else {
                throw StorageError(.misuse, "Block \(block.number) has \(block.bytes.count) bytes, more than 4 GiB.")
            }
            if state.segments.isEmpty || state.endOffset + UInt64(pending.count) >= segmentByteCount {
                try flush(&pending, to: &state)
                try beginSegment(&state)
            }
            let record = BlockRecord(number: block.number, groupOffset: UInt32(index), block: block.bytes)
            locations.append(
                BlockLocation(
                    segment: UInt32(state.segments.count - 1), offset: state.endOffset + UInt64(pending.count),
                    byteCount: UInt32(block.bytes.count)))
            pending += record.encoded
            state.nextNumber = block.number + 1
        }
        try flush(&pending, to: &state)
        return locations
    }

    /// Writes what has gathered for the last segment and makes it durable.
    private func flush(_ pending: inout [UInt8], to state: inout State) throws(StorageError) {
        guard !pending.isEmpty, let file = state.segments.last else { return }
        try file.write(Bytes(pending), at: state.endOffset)
        try file.sync()
        state.endOffset += UInt64(pending.count)
        pending = []
    }

    private func beginSegment(_ state: inout State) throws(StorageError) {
        let file = try folder.open(Self.fileName(segment: state.segments.count), creating: true)
        try folder.syncNames()
        state.segments.append(file)
        state.endOffset = 0
    }

    /// Reads one block and checks it against its checksum and number.
    package func read(_ location: BlockLocation, number: BlockNumber) throws(StorageError) -> Bytes {
        let file = state.withLock { state in
            state.segments.indices.contains(Int(location.segment)) ? state.segments[Int(location.segment)] : nil
        }
        guard let file else {
            throw StorageError(
                .damaged,
                "Block \(number) should stand in \"\(folder.path)/\(Self.fileName(segment: Int(location.segment)))\", which does not exist."
            )
        }
        let end = location.offset + UInt64(BlockRecord.headerByteCount) + UInt64(location.byteCount)
        switch try BlockRecord.read(from: file, at: location.offset, fileByteCount: end) {
        case .record(let record) where record.number == number:
            return record.block
        case .record(let record):
            throw Self.damage(number, folder, file, location.offset, "block \(record.number) stands there")
        case .end:
            throw Self.damage(number, folder, file, location.offset, "the file ends before it")
        case .wrong(let reason):
            throw Self.damage(number, folder, file, location.offset, reason)
        }
    }

    static func damage(
        _ number: BlockNumber, _ folder: any StorageFolder, _ file: any StorageFile, _ offset: UInt64, _ reason: String
    ) -> StorageError {
        StorageError(
            .damaged,
            "Block \(number) in \"\(folder.path)/\(file.name)\" at byte \(offset) is damaged: \(reason). Restore the file from a copy, or remove this peer's ledger and let it fetch the blocks again."
        )
    }

    static let fileNameSuffix = ".blocks"

    static func fileName(segment: Int) -> String {
        let digits = String(segment)
        return String(repeating: "0", count: max(0, 6 - digits.count)) + digits + fileNameSuffix
    }
}
