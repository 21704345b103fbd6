internal import FabricTypes
internal import GoldenLedger
internal import LedgerStorage
internal import LedgerTestKit
internal import Testing

@Suite("Block files")
struct BlockFilesTests {
    private typealias Found = [BlockNumber: (location: BlockLocation, bytes: Bytes)]

    private static func block(_ number: BlockNumber, byteCount: Int = 700) -> Bytes {
        var random = SeededGenerator(seed: number)
        return Bytes((0..<byteCount).map { _ in UInt8.random(in: 0...255, using: &random) })
    }

    private static func open(
        _ folder: any StorageFolder, after anchor: BlockFiles.Anchor? = nil, segmentByteCount: UInt64 = 4000
    ) throws -> (files: BlockFiles, found: Found) {
        var found: Found = [:]
        let files = try BlockFiles.open(in: folder, segmentByteCount: segmentByteCount, after: anchor) {
            found[$0] = ($1, $2)
        }
        return (files, found)
    }

    private static func filled(_ folder: any StorageFolder, count: BlockNumber) throws -> [BlockLocation] {
        let (files, _) = try open(folder)
        return try (0..<count).flatMap { try files.append([($0, block($0))]) }
    }

    @Test("give back what was appended, over several segments and after opening again")
    func blocksComeBack() throws {
        let folder = FaultyFolder()
        let locations = try Self.filled(folder, count: 30)
        #expect(folder.files.count > 3)

        let (files, found) = try Self.open(folder)

        #expect(files.nextNumber == 30)
        for (number, location) in locations.enumerated() {
            #expect(try files.read(location, number: BlockNumber(number)) == Self.block(BlockNumber(number)))
            #expect(found[BlockNumber(number)]?.location == location)
        }
    }

    @Test("can be opened behind a block that is known, and visit it and what follows")
    func anchoredOpening() throws {
        let folder = FaultyFolder()
        let locations = try Self.filled(folder, count: 20)
        let (files, found) = try Self.open(folder, after: .init(number: 14, location: locations[14]))
        #expect(found.keys.sorted() == Array(14..<20))
        #expect(files.nextNumber == 20)
    }

    @Test("work on a real disk as in memory")
    func realDisk() throws {
        try withTemporaryFolder { path in
            let locations = try Self.filled(DiskFolder(path: "\(path)/a/b"), count: 12)
            let (files, found) = try Self.open(DiskFolder(path: "\(path)/a/b"))
            #expect(found.count == 12)
            #expect(try files.read(locations[7], number: 7) == Self.block(7))
            #expect(throws: StorageError.self) { try files.read(locations[7], number: 8) }
        }
    }

    @Test("cut off whatever part of the last block was written", arguments: [1, 3, 23, 24, 25, 300, 723])
    func tornTailIsCut(byteCount: Int) throws {
        let folder = FaultyFolder()
        let locations = try Self.filled(folder, count: 3)
        let name = "000000.blocks"
        var bytes = try #require(folder.files[name])
        bytes.removeLast(724 - byteCount)
        let torn = FaultyFolder(files: [name: bytes])

        let (files, found) = try Self.open(torn, after: .init(number: 0, location: locations[0]))

        #expect(found.keys.sorted() == [0, 1])
        #expect(files.nextNumber == 2)
        #expect(torn.files[name]?.count == Int(locations[2].offset))
        let again = try files.append([(2, Self.block(2))])
        #expect(try files.read(again[0], number: 2) == Self.block(2))
    }

    @Test("report damage in the middle with block, file and offset", arguments: 0..<40)
    func damageIsReported(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let folder = FaultyFolder()
        let locations = try Self.filled(folder, count: 12)
        let number = Int.random(in: 0..<11, using: &random)
        let location = locations[number]
        let name = "00000\(location.segment).blocks"
        var bytes = try #require(folder.files[name])
        let position = Int(location.offset) + Int.random(in: 0..<724, using: &random)
        bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        var all = folder.files
        all[name] = bytes

        let error = #expect(throws: StorageError.self, "seed \(seed)") { try Self.open(FaultyFolder(files: all)) }

        #expect(error?.code == .damaged, "seed \(seed)")
        for part in ["Block \(number) ", name, "byte \(location.offset)"] {
            #expect(error?.message.contains(part) == true, "seed \(seed): \(error?.message ?? "")")
        }
    }

    @Test("that end before a block the database holds are refused as lost")
    func missingAcknowledgedBlocks() throws {
        let folder = FaultyFolder()
        let locations = try Self.filled(folder, count: 10)
        let last = try #require(locations.last)
        var files = folder.files
        files["00000\(last.segment).blocks"] = nil
        let error = #expect(throws: StorageError.self) {
            try Self.open(FaultyFolder(files: files), after: .init(number: 9, location: last))
        }
        #expect(error?.code == .blocksMissing)
    }

    @Test("with a segment missing in the middle are refused")
    func missingSegment() throws {
        let folder = FaultyFolder()
        _ = try Self.filled(folder, count: 30)
        var files = folder.files
        files["000001.blocks"] = nil
        let error = #expect(throws: StorageError.self) { try Self.open(FaultyFolder(files: files)) }
        #expect(error?.message.contains("000001.blocks") == true)
    }

    @Test("lose no acknowledged block, whatever operation fails and however", arguments: 0..<150)
    func faultsLoseNothing(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let faults: [FaultyFolder.Fault] = [.diskFull, .shortWrite, .syncFails, .crash]
        let folder = FaultyFolder()
        var acknowledged: BlockNumber = 0
        let (files, _) = try Self.open(folder)
        folder.fail(Int.random(in: 1...60, using: &random), with: faults[Int.random(in: 0..<4, using: &random)])
        do {
            while acknowledged < 25 {
                let count = BlockNumber.random(in: 1...4, using: &random)
                _ = try files.append((acknowledged..<(acknowledged + count)).map { ($0, Self.block($0)) })
                acknowledged += count
            }
        } catch {
            // Nothing more is taken once something has failed.
            #expect(throws: StorageError.self) { try files.append([(acknowledged, Self.block(acknowledged))]) }
        }

        let (recovered, found) = try Self.open(folder.afterCrash(keeping: &random))

        let next = recovered.nextNumber ?? 0
        #expect(next >= acknowledged, "seed \(seed)")
        for number in 0..<next { #expect(found[number]?.bytes == Self.block(number), "seed \(seed), block \(number)") }
    }

    @Test("survive hostile bytes in a segment", arguments: 0..<60)
    func hostileSegment(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let folder = FaultyFolder()
        _ = try Self.filled(folder, count: 5)
        var files = folder.files
        for name in files.keys { files[name] = random.mutated(files[name] ?? []) }
        // Refused or read: never a trap, and never a block that was not written.
        if let (_, found) = try? Self.open(FaultyFolder(files: files)) {
            for (number, block) in found { #expect(block.bytes == Self.block(number), "seed \(seed)") }
        }
    }
}
