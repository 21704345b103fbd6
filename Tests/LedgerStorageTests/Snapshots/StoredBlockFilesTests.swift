internal import FabricTypes
internal import Foundation
internal import GoldenLedger
internal import LedgerCore
internal import LedgerStorage
internal import Membership
internal import Testing

@Suite("Audit of a ledger on disk", .serialized)
struct StoredBlockFilesTests {
    private struct Findings {
        var blocks: [AuditedBlock] = []
        var differences: [AuditDifference] = []
        var snapshot: InMemorySnapshot
    }

    /// Audits as `duet ledger audit` does.
    private static func audit(_ path: String, snapshot: String? = nil) throws -> Findings {
        let url = URL(filePath: path)
        var reader = try StoredBlocks.open(url)
        let start = try (snapshot ?? AuditStart.keptSnapshot(besides: url)).map { try AuditStart(snapshot: $0) }
        var audit =
            try start.map { try LedgerAudit(from: $0, signatures: SignatureTable()) }
            ?? LedgerAudit(signatures: SignatureTable())
        var blocks: [AuditedBlock] = []
        var entryCount = 0
        while let entry = try reader.next() {
            entryCount += 1
            switch entry {
            case .block(let block): blocks += try audit.append(block).map { [$0] } ?? []
            case .damaged(let damage): audit.note(damage: damage.message, block: damage.number)
            }
        }
        #expect(reader.entryCount == entryCount)
        return Findings(blocks: blocks, differences: audit.differences, snapshot: audit.snapshot)
    }

    @Test("all blocks are read, by the ledger's folder and by that of its blocks")
    func wholeLedger() throws {
        try withTemporaryFolder { path in
            try RecordedLedger.write(path).close()
            for folder in [path, "\(path)/blocks"] {
                let findings = try Self.audit(folder)
                #expect(findings.differences == [])
                #expect(findings.blocks.count == 110)
                #expect(findings.blocks.allSatisfy { $0.isRecomputed })
            }
        }
    }

    @Test("a ledger started from a snapshot is recomputed from there, and comes to the same state")
    func fromSnapshot() throws {
        try withTemporaryFolder { path in
            try RecordedLedger.write("\(path)/first", to: 40).close()
            _ = try LedgerExport.run("\(path)/first", to: "\(path)/snapshot")
            _ = try LedgerRestore.run("\(path)/snapshot", to: "\(path)/ledger")
            try RecordedLedger.write("\(path)/ledger").close()

            let findings = try Self.audit("\(path)/ledger")
            #expect(findings.differences == [])
            #expect(findings.blocks.map(\.number) == Array(40..<110))
            #expect(findings.blocks.allSatisfy { $0.isRecomputed })
            let whole = try Self.audit(GoldenFiles.trade.url("blocks").path).snapshot
            #expect(try findings.snapshot.namespaces() == whole.namespaces())
            for namespace in try whole.namespaces() {
                #expect(
                    try findings.snapshot.rows(in: .all, of: namespace, countMax: .max)
                        == whole.rows(in: .all, of: namespace, countMax: .max))
            }
            for collection in try whole.hashedCollections() {
                #expect(try findings.snapshot.hashedRows(of: collection) == whole.hashedRows(of: collection))
            }
        }
    }

    @Test("damage in the middle is one difference with file and offset; a torn end is none")
    func damage() throws {
        try withTemporaryFolder { path in
            try RecordedLedger.write(path).close()
            let file = "\(path)/blocks/000001.blocks"
            var bytes = try Data(contentsOf: URL(filePath: file))
            bytes[bytes.count / 2] ^= 0x40
            try bytes.write(to: URL(filePath: file))
            let last = try #require(
                try FileManager.default.contentsOfDirectory(atPath: "\(path)/blocks").sorted().last)
            let end = try FileHandle(forWritingTo: URL(filePath: "\(path)/blocks/\(last)"))
            try end.seekToEnd()
            try end.write(contentsOf: bytes.prefix(1000))
            try end.close()

            let findings = try Self.audit(path)
            #expect(findings.differences.map(\.kind) == [.unreadable], "\(findings.differences)")
            #expect(findings.differences.first?.message.contains("000001.blocks\" at byte") == true)
            #expect(findings.blocks.count == 109)
        }
    }
}
