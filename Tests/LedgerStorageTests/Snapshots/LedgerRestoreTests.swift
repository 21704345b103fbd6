internal import FabricTypes
internal import Foundation
internal import GoldenLedger
internal import LedgerCore
internal import LedgerStorage
internal import Membership
internal import Testing

@Suite("A ledger started from a snapshot", .serialized)
struct LedgerRestoreTests {
    private static let recorded = LedgerExportTests.recorded

    private static func verify(_ path: String) throws -> LedgerVerification {
        try LedgerVerification(folder: path, signatures: SignatureTable()) { _ in }
    }

    @Test("the recorded snapshot gives the state, the ids and the chain that all blocks give")
    func recordedSnapshot() throws {
        try withTemporaryFolder { path in
            let whole = try RecordedLedger.write("\(path)/whole")
            let origin = try LedgerRestore.run(Self.recorded, to: "\(path)/ledger")
            let ledger = try SQLiteLedger.open(folder: "\(path)/ledger")
            defer {
                whole.close()
                ledger.close()
            }
            #expect(ledger.origin == origin)
            #expect(ledger.height == 110)
            #expect(try ledger.lastCommitHash() == whole.lastCommitHash())
            try expectEqualSharedStates(ledger, whole)
            for bytes in try GoldenFiles.trade.blocks() {
                let block = try Block(decoding: bytes)
                #expect(try ledger.block(block.number) == nil)
                #expect(try ledger.blockNumber(ofHeaderHash: block.header.hash) == nil)
                for entry in block.data.entries {
                    let id = PreparedTransaction(entry).transactionID
                    #expect(try ledger.isKnown(transaction: id) == !id.isEmpty)
                    #expect(try ledger.position(ofTransaction: id) == nil)
                }
            }
            #expect(try !ledger.isKnown(transaction: Bytes(String(repeating: "0", count: 64))))
        }
    }

    @Test("goes on committing, and its own snapshot at the end is the recorded one", arguments: [1, 6, 60] as [UInt64])
    func goesOn(height: BlockNumber) throws {
        try withTemporaryFolder { path in
            try RecordedLedger.write("\(path)/first", to: height).close()
            _ = try LedgerExport.run("\(path)/first", to: "\(path)/snapshot")
            _ = try LedgerRestore.run("\(path)/snapshot", to: "\(path)/ledger")
            try RecordedLedger.write("\(path)/ledger").close()
            _ = try LedgerExport.run("\(path)/ledger", to: "\(path)/end")
            try expectEqualFolders("\(path)/end", Self.recorded)
            // An earlier height too, and the one where it began.
            _ = try LedgerExport.run("\(path)/ledger", to: "\(path)/begin", at: height)
            try expectEqualFolders("\(path)/begin", "\(path)/snapshot")

            let verification = try Self.verify("\(path)/ledger")
            #expect(verification.findings == [])
            #expect(verification.blockCount == 110)

            try SQLiteLedger.removeDatabase(folder: "\(path)/ledger")
            let rebuilt = try RecordedLedger.write("\(path)/ledger")
            #expect(rebuilt.height == 110)
            #expect(try rebuilt.block(height) != nil)
            #expect(try rebuilt.block(height - 1) == nil)
            rebuilt.close()
            #expect(try Self.verify("\(path)/ledger").findings == [])

            let summary = try LedgerSummary(folder: "\(path)/ledger")
            #expect(summary.channel == Bytes("trade"))
            #expect(summary.height == 110)
            #expect(summary.origin?.height == height)
        }
    }

    @Test("private data written before the snapshot expires when it should")
    func expiry() throws {
        try withTemporaryFolder { path in
            // Each of these heights lies between a write to the short-lived collection and its end somewhere.
            for height in stride(from: BlockNumber(8), to: 105, by: 12) {
                let folder = "\(path)/\(height)"
                try RecordedLedger.write("\(folder)/first", to: height).close()
                _ = try LedgerExport.run("\(folder)/first", to: "\(folder)/snapshot")
                _ = try LedgerRestore.run("\(folder)/snapshot", to: "\(folder)/ledger")
                let (left, right) = (
                    try RecordedLedger.write("\(folder)/ledger", to: height + 5),
                    try RecordedLedger.write("\(folder)/first", to: height + 5)
                )
                try expectEqualSharedStates(left, right)
                left.close()
                right.close()
            }
        }
    }

    @Test("a changed byte is refused in every file, wherever it stands", arguments: Seeds.sample(4))
    func changedByte(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        try withTemporaryFolder { path in
            for name in try FileManager.default.contentsOfDirectory(atPath: Self.recorded) {
                try copy(Self.recorded, to: "\(path)/snapshot")
                let file = "\(path)/snapshot/\(name)"
                try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
                var bytes = try Data(contentsOf: URL(filePath: file))
                // No hash covers the commit hash of the last block, in Fabric's snapshots as in ours.
                let end = name.hasPrefix("_snapshot_additional") ? bytes.count - 66 : bytes.count
                let index = Int.random(in: 0..<end, using: &random)
                bytes[index] ^= 1 << UInt8.random(in: 0..<7, using: &random)
                try bytes.write(to: URL(filePath: file))
                let error = #expect(throws: StorageError.self, "seed \(seed), \(name) at \(index)") {
                    try LedgerRestore.run("\(path)/snapshot", to: "\(path)/ledger")
                }
                #expect(error?.message.contains("\(path)/snapshot") == true, "seed \(seed), \(name) at \(index)")
                #expect(!FileManager.default.fileExists(atPath: "\(path)/ledger/state.db"))
            }
            // What was refused does not keep the right one out.
            _ = try LedgerRestore.run(Self.recorded, to: "\(path)/ledger")
        }
    }

    @Test("files that are wrong under right hashes are refused or read, and break nothing", arguments: Seeds.sample(20))
    func hostileSnapshot(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        try withTemporaryFolder { path in
            try copy(Self.recorded, to: "\(path)/snapshot")
            let names = try FileManager.default.contentsOfDirectory(atPath: Self.recorded).filter { $0.first != "_" }
            let name = names.sorted()[Int.random(in: 0..<names.count, using: &random)]
            func replace(_ name: String, _ change: (inout Data) -> Void) throws {
                let file = "\(path)/snapshot/\(name)"
                try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
                var bytes = try Data(contentsOf: URL(filePath: file))
                change(&bytes)
                try bytes.write(to: URL(filePath: file))
            }
            func hash(_ name: String) throws -> Data {
                let bytes = try Data(contentsOf: URL(filePath: "\(path)/snapshot/\(name)"))
                return Data(Digest(of: Bytes([UInt8](bytes))).hex.utf8)
            }
            func put(_ new: Data, for old: Data, in name: String) throws {
                try replace(name) { bytes in
                    if let range = bytes.range(of: old) { bytes.replaceSubrange(range, with: new) }
                }
            }
            let (signable, additional) = ("_snapshot_signable_metadata.json", "_snapshot_additional_metadata.json")
            let (oldHash, oldSnapshotHash) = (try hash(name), try hash(signable))
            try replace(name) { bytes in
                // Near the beginning more often than not, where counts and lengths stand.
                let reach = Bool.random(using: &random) ? min(40, bytes.count) : bytes.count
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    let index = Int.random(in: 0..<reach, using: &random)
                    bytes[index] =
                        [0, 0x7F, 0x80, 0xFF, UInt8.random(in: 0...255, using: &random)]
                        .randomElement(using: &random) ?? 0
                }
                if Int.random(in: 0..<4, using: &random) == 0 {
                    bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random))
                }
            }
            try put(hash(name), for: oldHash, in: signable)
            try put(hash(signable), for: oldSnapshotHash, in: additional)
            do {
                _ = try LedgerRestore.run("\(path)/snapshot", to: "\(path)/ledger")
                // What was read is a ledger as good as any: values are nobody's business here.
                let ledger = try SQLiteLedger.open(folder: "\(path)/ledger")
                #expect(ledger.height == 110, "seed \(seed), \(name)")
                ledger.close()
            } catch let error as StorageError {
                #expect(error.code == .damaged, "seed \(seed), \(name): \(error)")
            } catch let error as DefinitionError {
                // A definition among the values cannot be read.
                #expect(error.code == .undecodable, "seed \(seed), \(name): \(error)")
            }
        }
    }

    @Test("files that are missing, too many or cut short are refused by name")
    func otherDamage() throws {
        try withTemporaryFolder { path in
            func expectRefusal(_ mention: String, _ damage: (String) throws -> Void) throws {
                try copy(Self.recorded, to: "\(path)/snapshot")
                try damage("\(path)/snapshot")
                let error = #expect(throws: StorageError.self) {
                    try LedgerRestore.run("\(path)/snapshot", to: "\(path)/ledger")
                }
                #expect(error?.message.contains(mention) == true, "\(String(describing: error))")
            }
            try expectRefusal("txids.data") { try FileManager.default.removeItem(atPath: "\($0)/txids.data") }
            try expectRefusal("_snapshot_signable_metadata.json") {
                try FileManager.default.removeItem(atPath: "\($0)/_snapshot_signable_metadata.json")
            }
            try expectRefusal("public_state.data") {
                try FileManager.default.setAttributes(
                    [.posixPermissions: 0o644], ofItemAtPath: "\($0)/public_state.data")
                try truncate("\($0)/public_state.data", to: 100_000)
            }
            let error = #expect(throws: StorageError.self) {
                try LedgerRestore.run(Self.recorded, to: "\(path)/ledger", expecting: Digest(of: Bytes("another")))
            }
            #expect(error?.code == .foreign)
        }
    }

    @Test("a snapshot that was kept and then changed is found by a rebuild and by a verification")
    func damagedKeptSnapshot() throws {
        try withTemporaryFolder { path in
            _ = try LedgerRestore.run(Self.recorded, to: path)
            let file = "\(path)/snapshot/public_state.data"
            var bytes = try Data(contentsOf: URL(filePath: file))
            bytes[1000] ^= 1
            try bytes.write(to: URL(filePath: file))
            #expect(try Self.verify(path).findings.first?.contains("public_state.data") == true)
            try SQLiteLedger.removeDatabase(folder: path)
            let error = #expect(throws: StorageError.self) { try SQLiteLedger.open(folder: path) }
            #expect(error?.code == .damaged)
        }
    }

    @Test("a ledger is not opened over another snapshot than its own, nor restored over anything")
    func mixedFolders() throws {
        try withTemporaryFolder { path in
            try RecordedLedger.write("\(path)/whole", to: 20).close()
            _ = try LedgerExport.run("\(path)/whole", to: "\(path)/snapshot")
            _ = try LedgerRestore.run("\(path)/snapshot", to: "\(path)/ledger")
            for (target, source) in [("ledger", Self.recorded), ("whole", "\(path)/snapshot")] {
                try copy(source, to: "\(path)/\(target)/snapshot")
                let opening = #expect(throws: StorageError.self) { try SQLiteLedger.open(folder: "\(path)/\(target)") }
                #expect(opening?.code == .foreign)
                let restoring = #expect(throws: StorageError.self) {
                    try LedgerRestore.run("\(path)/snapshot", to: "\(path)/\(target)")
                }
                #expect(restoring?.code == .misuse)
            }
        }
    }

    @Test("an interrupted restore goes on, also by opening the ledger")
    func interrupted() throws {
        try withTemporaryFolder { path in
            // As it is after the copy and before the database.
            for name in ["a", "b"] {
                try FileManager.default.createDirectory(atPath: "\(path)/\(name)", withIntermediateDirectories: true)
                try copy(Self.recorded, to: "\(path)/\(name)/snapshot")
                try Data(repeating: 1, count: 5000).write(to: URL(filePath: "\(path)/\(name)/state.db.new"))
            }
            _ = try LedgerRestore.run(Self.recorded, to: "\(path)/a")
            for name in ["a", "b"] {
                let ledger = try SQLiteLedger.open(folder: "\(path)/\(name)")
                #expect(ledger.height == 110)
                ledger.close()
            }
        }
    }
}

/// Expects two ledgers to have the same public and hashed state, and to let the same keys expire.
private func expectEqualSharedStates(_ left: SQLiteLedger, _ right: SQLiteLedger) throws {
    let (left, right) = (try left.storedSnapshot(), try right.storedSnapshot())
    defer {
        left.close()
        right.close()
    }
    #expect(left.height == right.height)
    #expect(try left.namespaces() == right.namespaces())
    for namespace in try right.namespaces() {
        #expect(
            try left.rows(in: .all, of: namespace, countMax: .max)
                == right.rows(in: .all, of: namespace, countMax: .max))
    }
    #expect(try left.hashedCollections() == right.hashedCollections())
    for id in try right.hashedCollections() {
        #expect(
            try left.hashedRows(in: .all, of: id, countMax: .max)
                == right.hashedRows(in: .all, of: id, countMax: .max))
    }
}
