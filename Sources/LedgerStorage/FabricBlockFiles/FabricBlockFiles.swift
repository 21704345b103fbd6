internal import FabricTypes
package import Foundation

/// The block files of a Fabric peer's channel: `blockfile_000000`, `blockfile_000001`, …
///
/// Each file is a run of records: a varint with the record's length, then the block in Fabric's own serialization. A
/// crash while a block is written leaves an incomplete record at the end of the last file. Source: Fabric's
/// `common/ledger/blkstorage`.
package struct FabricBlockFiles: StoredBlockReader {
    /// Larger than any block that travels: Fabric's messages end at 100 MiB, records add little to them.
    static let recordByteCountMax = 256 << 20
    private static let namePrefix = "blockfile_"

    package let entryCount: Int
    private let files: [URL]
    private var fileIndex = 0
    private var file: OpenFile?

    private struct OpenFile {
        let handle: FileHandle
        let byteCount: UInt64
        var offset: UInt64 = 0
    }

    /// - Parameter folder: the folder that holds the block files themselves.
    /// - Throws: ``BlockFileError`` with `noBlocks` if it holds none.
    package init(folder: URL) throws(BlockFileError) {
        let files = try Self.files(in: folder)
        guard !files.isEmpty else {
            throw BlockFileError(.noBlocks, "Folder \"\(folder.path)\" holds no file named \(Self.namePrefix)….")
        }
        var scan = Self(files: files, entryCount: 0)
        var count = 0
        while try scan.nextExtent() != nil { count += 1 }
        self.init(files: files, entryCount: count)
    }

    private init(files: [URL], entryCount: Int) {
        self.files = files
        self.entryCount = entryCount
    }

    /// The block files in a folder, in the order in which they were written.
    static func files(in folder: URL) throws(BlockFileError) -> [URL] {
        try FolderListing.files(in: folder)
            .filter { Self.number(of: $0.lastPathComponent) != nil }
            .sorted { (Self.number(of: $0.lastPathComponent) ?? 0) < (Self.number(of: $1.lastPathComponent) ?? 0) }
    }

    private static func number(of name: String) -> UInt64? {
        name.hasPrefix(namePrefix) ? UInt64(name.dropFirst(namePrefix.count)) : nil
    }

    package mutating func next() throws(BlockFileError) -> StoredBlock? {
        guard let extent = try nextExtent() else { return nil }
        guard case .record(let offset, let byteCount) = extent else { return extent.damage(in: files[fileIndex]) }
        guard let file else { return nil }
        let bytes = try read(byteCount, at: offset, of: file.handle, name: files[fileIndex])
        do throws(FabricBlockRecord.Damage) {
            return .block(try FabricBlockRecord.block(bytes))
        } catch {
            let place = "The record at byte \(offset) of \"\(files[fileIndex].lastPathComponent)\""
            return .damaged(.init(number: error.number, message: "\(place) is no block: \(error.reason)."))
        }
    }

    // MARK: - Finding records

    private enum Extent {
        /// Where the record's content lies.
        case record(offset: UInt64, byteCount: Int)
        /// The file ends inside a record that starts here.
        case incomplete(offset: UInt64)
        /// The bytes here are no record length; nothing behind them can be found.
        case lost(offset: UInt64)

        func damage(in file: URL) -> StoredBlock? {
            switch self {
            case .record:
                nil
            case .incomplete(let offset):
                .damaged(
                    .init(
                        number: nil,
                        message:
                            "\"\(file.lastPathComponent)\" ends inside the record at byte \(offset), as a crash or "
                            + "a copy of a running peer's files leaves it."))
            case .lost(let offset):
                .damaged(
                    .init(
                        number: nil,
                        message: "\"\(file.lastPathComponent)\" has no record length at byte \(offset); the blocks "
                            + "behind it in this file cannot be found."))
            }
        }
    }

    /// The next record's place; opens the files one after another.
    private mutating func nextExtent() throws(BlockFileError) -> Extent? {
        while true {
            if file == nil {
                guard fileIndex < files.count else { return nil }
                file = try Self.open(files[fileIndex])
            }
            guard var current = file else { return nil }
            if current.offset < current.byteCount {
                let extent = try extent(at: current)
                switch extent {
                case .record(let offset, let byteCount): current.offset = offset + UInt64(byteCount)
                case .incomplete, .lost: current.offset = current.byteCount
                }
                file = current
                return extent
            }
            // Closing a file that was only read cannot lose anything.
            try? current.handle.close()
            file = nil
            fileIndex += 1
        }
    }

    private func extent(at file: OpenFile) throws(BlockFileError) -> Extent {
        let head = try read(
            Int(min(10, file.byteCount - file.offset)), at: file.offset, of: file.handle, name: files[fileIndex])
        var cursor = FabricBlockRecord.Cursor(head)
        let rest = file.byteCount - file.offset
        guard let length = cursor.varint() else {
            return rest < 10 ? .incomplete(offset: file.offset) : .lost(offset: file.offset)
        }
        let lengthByteCount = UInt64(cursor.position)
        guard length <= UInt64(Self.recordByteCountMax) else { return .lost(offset: file.offset) }
        guard length <= rest - lengthByteCount else { return .incomplete(offset: file.offset) }
        return .record(offset: file.offset + lengthByteCount, byteCount: Int(length))
    }

    private static func open(_ url: URL) throws(BlockFileError) -> OpenFile {
        do {
            let handle = try FileHandle(forReadingFrom: url)
            return OpenFile(handle: handle, byteCount: try handle.seekToEnd())
        } catch {
            throw BlockFileError(.unreadable, "File \"\(url.path)\" cannot be read: \(error.localizedDescription).")
        }
    }

    private func read(_ count: Int, at offset: UInt64, of handle: FileHandle, name: URL) throws(BlockFileError) -> Bytes
    {
        do {
            try handle.seek(toOffset: offset)
            let data = count == 0 ? Data() : try handle.read(upToCount: count) ?? Data()
            return Bytes([UInt8](data))
        } catch {
            throw BlockFileError(.unreadable, "File \"\(name.path)\" cannot be read: \(error.localizedDescription).")
        }
    }
}
