internal import FabricTypes
internal import Foundation
internal import GoldenLedger
internal import LedgerCore
internal import LedgerStorage
internal import Membership
internal import Testing

/// The recorded channel on disk: written, read, verified, damaged, rebuilt.
@Suite("The recorded ledger on disk", .serialized)
struct RecordedLedgerTests {
    private static func verify(_ path: String) throws -> LedgerVerification {
        try LedgerVerification(folder: path, signatures: SignatureTable()) { _ in }
    }

    @Test("answers as in memory, before and after a rebuild, and passes its verification")
    func wholeLedger() throws {
        try withTemporaryFolder { path in
            let model = InMemoryLedger()
            let ledger = try RecordedLedger.write(path, beside: model)
            try expectEqual(ledger, model, "as written")
            try Self.expectRecordedState(ledger)
            ledger.close()

            let verification = try Self.verify(path)
            #expect(verification.findings == [])
            #expect(verification.blockCount == 110)

            try SQLiteLedger.removeDatabase(folder: path)
            let rebuilt = try SQLiteLedger.open(folder: path)
            try expectEqual(rebuilt, model, "rebuilt")
            rebuilt.close()

            let summary = try LedgerSummary(folder: path)
            #expect(summary.channel == Bytes("trade"))
            #expect(summary.height == 110)
            #expect(summary.transactionCount > 600)
        }
    }

    private static func expectRecordedState(_ ledger: SQLiteLedger) throws {
        let snapshot = try ledger.storedSnapshot()
        defer { snapshot.close() }
        for (namespace, rows) in try GoldenFiles.trade.json("expected/state.json")["public"].object {
            for row in try rows.array {
                let key = try #require(Bytes(hex: try row["keyHex"].string))
                let state = try #require(try snapshot.value(of: key, in: Bytes(namespace)))
                #expect(try state.value == row["value"].base64)
                let version = try row["version"].array.map { UInt64(try $0.integer) }
                #expect(state.version == Version(blockNumber: version[0], transactionIndex: version[1]))
            }
        }
    }

    @Test(
        "verification finds what was changed in the database",
        arguments: [
            "UPDATE state SET value=x'00' WHERE rowid IS NULL OR key=(SELECT MIN(key) FROM state WHERE length(value)>3)",
            "DELETE FROM history WHERE block=(SELECT MAX(block) FROM history)",
            "UPDATE tx SET code=0 WHERE code=11",
            "UPDATE meta SET value=x'00' WHERE name='commitHash'",
            "UPDATE state SET block=1 WHERE key=(SELECT MAX(key) FROM state)",
        ])
    func changedDatabase(sql: String) throws {
        try withTemporaryFolder { path in
            try RecordedLedger.write(path).close()
            try change("\(path)/state.db", sql.replacingOccurrences(of: "rowid IS NULL OR ", with: ""))
            let findings = try Self.verify(path).findings
            #expect(findings.count >= 1)
            #expect(findings.allSatisfy { $0.contains("duet ledger rebuild") }, "\(findings)")
        }
    }

    @Test("verification reports a damaged block with block, file and offset, and goes on where it was cut off")
    func damagedBlock() throws {
        struct Interruption: Error {}
        try withTemporaryFolder { path in
            try RecordedLedger.write(path).close()
            #expect(throws: Interruption.self) {
                _ = try LedgerVerification(folder: path, signatures: SignatureTable()) {
                    if $0 == 30 { throw Interruption() }
                }
            }
            var checked: [BlockNumber] = []
            let verification = try LedgerVerification(folder: path, signatures: SignatureTable()) { checked.append($0) }
            #expect(verification.findings == [])
            #expect(checked == Array(31..<110))

            let file = "\(path)/blocks/000001.blocks"
            var bytes = try Data(contentsOf: URL(filePath: file))
            bytes[bytes.count / 2] ^= 0x40
            try bytes.write(to: URL(filePath: file))
            let findings = try Self.verify(path).findings
            #expect(findings.count == 1)
            #expect(findings.first?.contains("000001.blocks\" at byte") == true, "\(findings)")
        }
    }

    @Test("blocks that the files lack are called lost, and no new database is made over them")
    func lostBlocks() throws {
        try withTemporaryFolder { path in
            try RecordedLedger.write(path).close()
            try SQLiteLedger.checkBlockFiles(folder: path)
            let names = try FileManager.default.contentsOfDirectory(atPath: "\(path)/blocks").sorted()
            let last = "\(path)/blocks/\(try #require(names.last))"
            try truncate(last, to: 100)
            let findings = try Self.verify(path).findings
            #expect(findings.count == 1)
            #expect(findings.first?.contains("acknowledged blocks are lost") == true, "\(findings)")
            let error = #expect(throws: StorageError.self) { try SQLiteLedger.checkBlockFiles(folder: path) }
            #expect(error?.code == .blocksMissing)
            let opening = #expect(throws: StorageError.self) { try SQLiteLedger.open(folder: path) }
            #expect(opening?.code == .blocksMissing)
        }
    }
}
