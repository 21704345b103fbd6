internal import FabricTypes
internal import Foundation
internal import GoldenLedger
internal import LedgerStorage

/// A folder of its own for one test, gone when the test is over.
func withTemporaryFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "duet-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
}

/// Writes blocks the way a Fabric peer stores them.
enum BlockFileFixture {
    /// A block with the length in front.
    static func record(_ block: Block) -> [UInt8] {
        let content = self.content(block)
        return varint(UInt64(content.count)) + content
    }

    static func content(_ block: Block) -> [UInt8] {
        var content = varint(block.number)
        content += run(block.header.dataHash)
        content += run(block.header.previousHash)
        content += varint(UInt64(block.data.entries.count))
        for entry in block.data.entries { content += run(entry) }
        content += varint(UInt64(block.metadata.slots.count))
        for slot in block.metadata.slots { content += run(slot) }
        return content
    }

    /// Splits the blocks over files `blockfile_000000` and so on.
    static func write(_ blocks: [Block], perFile: Int, to folder: URL) throws {
        for (number, start) in stride(from: 0, to: blocks.count, by: perFile).enumerated() {
            let records = blocks[start..<min(start + perFile, blocks.count)].flatMap(record)
            try Data(records).write(to: folder.appending(path: "blockfile_00000\(number)"))
        }
    }

    static func goldenBlocks(_ numbers: Range<Int>) throws -> [Block] {
        try numbers.map { number in
            let name = "blocks/" + String(repeating: "0", count: 6 - "\(number)".count) + "\(number).block"
            return try Block(decoding: GoldenFiles.trade.bytes(name))
        }
    }

    private static func run(_ bytes: Bytes) -> [UInt8] {
        varint(UInt64(bytes.count)) + bytes
    }

    private static func varint(_ number: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }
}

extension StoredBlockReader {
    /// Everything that is left to read.
    mutating func rest() throws -> [StoredBlock] {
        var entries: [StoredBlock] = []
        while let entry = try next() { entries.append(entry) }
        return entries
    }
}

extension StoredBlock {
    var block: Block? {
        if case .block(let block) = self { block } else { nil }
    }

    var damage: Damage? {
        if case .damaged(let damage) = self { damage } else { nil }
    }
}
