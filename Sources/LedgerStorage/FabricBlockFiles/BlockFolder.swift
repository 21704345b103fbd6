internal import FabricTypes
package import Foundation

/// A folder of `*.block` files, each an encoded `common.Block`, as `peer channel fetch` writes them.
///
/// The order is that of the numbers within, not of the names. Of several copies of one block the one that a peer has
/// validated is taken, since it claims more; copies that are different blocks are damage.
package struct BlockFolder: StoredBlockReader {
    static let fileByteCountMax = 256 << 20
    private static let suffix = ".block"

    private enum Entry {
        case file(URL)
        case damaged(StoredBlock.Damage)
    }

    private let entries: [Entry]
    private var index = 0

    package var entryCount: Int { entries.count }

    /// Reads every file once, for its number.
    ///
    /// - Throws: ``BlockFileError`` with `noBlocks` if there is no such file.
    package init(folder: URL) throws(BlockFileError) {
        let files = try Self.files(in: folder)
        guard !files.isEmpty else {
            throw BlockFileError(.noBlocks, "Folder \"\(folder.path)\" holds no file named *\(Self.suffix).")
        }
        var copies: [BlockNumber: [Copy]] = [:]
        var damages: [(number: BlockNumber?, damage: StoredBlock.Damage)] = []
        for file in files {
            switch try Self.read(file) {
            case .block(let block):
                let isValidated = !block.metadata[.transactionsFilter].isEmpty
                copies[block.number, default: []].append(Copy(file: file, isValidated: isValidated))
            case .damaged(let damage): damages.append((damage.number, damage))
            }
        }
        var entries: [(number: BlockNumber, entry: Entry)] = []
        for (number, copies) in copies {
            entries += try Self.entries(number, copies).map { (number, $0) }
        }
        // Damage that names no block comes last.
        entries += damages.map { ($0.number ?? .max, .damaged($0.damage)) }
        self.entries =
            entries.enumerated()
            .sorted { ($0.element.number, $0.offset) < ($1.element.number, $1.offset) }
            .map(\.element.entry)
    }

    package mutating func next() throws(BlockFileError) -> StoredBlock? {
        guard index < entries.count else { return nil }
        defer { index += 1 }
        switch entries[index] {
        case .file(let file): return try Self.read(file)
        case .damaged(let damage): return .damaged(damage)
        }
    }

    static func files(in folder: URL) throws(BlockFileError) -> [URL] {
        try FolderListing.files(in: folder)
            .filter { $0.lastPathComponent.hasSuffix(suffix) }
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
    }

    // MARK: - Copies of one block

    private struct Copy {
        let file: URL
        let isValidated: Bool
    }

    private static func entries(_ number: BlockNumber, _ copies: [Copy]) throws(BlockFileError) -> [Entry] {
        guard let best = copies.first(where: \.isValidated) ?? copies.first else { return [] }
        var entries = [Entry.file(best.file)]
        guard copies.count > 1 else { return entries }
        let content = try content(of: best.file)
        for other in copies where other.file != best.file {
            guard try Self.content(of: other.file) != content else { continue }
            entries.append(
                .damaged(
                    StoredBlock.Damage(
                        number: number,
                        message: "\"\(other.file.lastPathComponent)\" and \"\(best.file.lastPathComponent)\" are "
                            + "different blocks \(number); the second was taken.")))
        }
        return entries
    }

    /// What makes two files the same block, whatever their metadata; nil where there is no block.
    private static func content(of file: URL) throws(BlockFileError) -> Digest? {
        guard case .block(let block) = try read(file) else { return nil }
        return Digest(of: block.header.hash.bytes, block.data.hash.bytes)
    }

    // MARK: - Files

    private static func read(_ file: URL) throws(BlockFileError) -> StoredBlock {
        let bytes = try contents(of: file)
        let name = file.lastPathComponent
        do throws(WireError) {
            let block = try Block(decoding: bytes)
            guard block.hasHeader else {
                return .damaged(.init(number: number(of: name), message: "\"\(name)\" holds no block header."))
            }
            return .block(block)
        } catch {
            return .damaged(.init(number: number(of: name), message: "\"\(name)\" is no block: \(error)"))
        }
    }

    private static func contents(of file: URL) throws(BlockFileError) -> Bytes {
        do {
            let handle = try FileHandle(forReadingFrom: file)
            let data = try handle.read(upToCount: fileByteCountMax) ?? Data()
            return Bytes([UInt8](data))
        } catch {
            throw BlockFileError(.unreadable, "File \"\(file.path)\" cannot be read: \(error.localizedDescription).")
        }
    }

    /// The number in a name such as `000057.block` or `trade_57.block`.
    private static func number(of name: String) -> BlockNumber? {
        let stem = name.dropLast(suffix.count)
        if stem == "genesis" { return 0 }
        let digits = stem.reversed().prefix { $0.isASCII && $0.isNumber }.reversed()
        return BlockNumber(String(digits))
    }
}
