internal import FabricTypes
package import Foundation

/// The block files of a ledger of ours as an audit reads them: on past damage, and without a database.
package struct StoredBlockFiles: StoredBlockReader {
    private enum Entry {
        case record(offset: UInt64)
        /// Bytes that are no record, up to the next one.
        case damage(offset: UInt64, reason: String)
    }

    private let folder: DiskFolder
    private let segments: [any StorageFile]
    private let entries: [(segment: Int, entry: Entry)]
    private var index = 0
    /// The number of the block that should come next; nil before the first.
    private var nextNumber: BlockNumber?

    package var entryCount: Int { entries.count }

    /// - Parameter folder: a ledger's folder, or the one of its block files.
    /// - Returns: nil where there are none.
    /// - Throws: ``BlockFileError`` where they cannot be read.
    static func open(_ folder: URL) throws(BlockFileError) -> StoredBlockFiles? {
        for path in [folder, folder.appending(path: "blocks")] where FolderListing.isFolder(path) {
            let names = try FolderListing.files(in: path).map(\.lastPathComponent)
            // Only a ledger that was started from a snapshot can be without blocks.
            let mayBeEmpty = path != folder && FileSize.exists(KeptSnapshot.path(in: folder.path))
            guard mayBeEmpty || names.contains(where: { $0.hasSuffix(BlockFiles.fileNameSuffix) }) else { continue }
            do throws(StorageError) {
                return try StoredBlockFiles(DiskFolder(path: path.path))
            } catch {
                throw BlockFileError(.unreadable, error.message)
            }
        }
        return nil
    }

    /// Finds out where the records begin.
    private init(_ folder: DiskFolder) throws(StorageError) {
        self.folder = folder
        segments = try BlockFiles.openSegments(in: folder)
        var entries: [(Int, Entry)] = []
        for (segment, file) in segments.enumerated() {
            let fileByteCount = try file.byteCount()
            var offset: UInt64 = 0
            scan: while true {
                switch try BlockRecord.extent(in: file, at: offset, fileByteCount: fileByteCount) {
                case .record(let end):
                    entries.append((segment, .record(offset: offset)))
                    offset = end
                case .end:
                    break scan
                case .wrong(let reason):
                    let later = try BlockRecord.search(in: file, from: offset + 1, fileByteCount: fileByteCount)
                    // What ends the last file is an append that was cut off, and no block yet.
                    guard later != nil || segment < segments.count - 1 else { break scan }
                    entries.append((segment, .damage(offset: offset, reason: reason)))
                    guard let later else { break scan }
                    offset = later.offset
                }
            }
        }
        self.entries = entries
    }

    package mutating func next() throws(BlockFileError) -> StoredBlock? {
        guard index < entries.count else { return nil }
        let (segment, entry) = entries[index]
        index += 1
        switch entry {
        case .damage(let offset, let reason):
            return damage(segment, offset, reason)
        case .record(let offset):
            do throws(StorageError) {
                return try read(segment, offset)
            } catch {
                throw BlockFileError(.unreadable, error.message)
            }
        }
    }

    private mutating func read(_ segment: Int, _ offset: UInt64) throws(StorageError) -> StoredBlock {
        let file = segments[segment]
        switch try BlockRecord.read(from: file, at: offset, fileByteCount: file.byteCount()) {
        case .record(let record):
            nextNumber = record.number &+ 1
            do throws(WireError) {
                return .block(try Block(decoding: record.block))
            } catch {
                return .damaged(
                    StoredBlock.Damage(
                        number: record.number, message: "\"\(file.name)\" at byte \(offset) holds no block: \(error)"))
            }
        case .wrong(let reason): return damage(segment, offset, reason)
        case .end: return damage(segment, offset, "the file ends before it")
        }
    }

    private mutating func damage(_ segment: Int, _ offset: UInt64, _ reason: String) -> StoredBlock {
        defer { nextNumber = nextNumber.map { $0 &+ 1 } }
        return .damaged(
            StoredBlock.Damage(
                number: nextNumber,
                message: "\"\(segments[segment].name)\" at byte \(offset) holds no whole block: \(reason)."))
    }
}
