internal import FabricTypes
internal import Foundation
internal import GoldenLedger
internal import LedgerCore
internal import LedgerStorage
internal import Testing

@Suite("Snapshots of a ledger", .serialized)
struct LedgerExportTests {
    static let recorded = GoldenFiles.trade.url("snapshot/peer0.alder.example-109").path

    @Test("the recorded channel's snapshot is that of the peer that recorded it, byte for byte")
    func equalsRecording() throws {
        try withTemporaryFolder { path in
            let ledger = try RecordedLedger.write("\(path)/ledger")
            // The ledger may be open meanwhile.
            let manifest = try LedgerExport.run("\(path)/ledger", to: "\(path)/out")
            ledger.close()
            try expectEqualFolders("\(path)/out", Self.recorded)
            #expect(manifest.digest.hex == "7709c9e08d1fb104914be318b913007547b7867df7bd691a46e6e4e2e385faa2")
            #expect(manifest.height == 110)
            #expect(manifest.channel == Bytes("trade"))
        }
    }

    @Test("a height below the last gives what a ledger of that height gives", arguments: [1, 6, 60, 109] as [UInt64])
    func earlierHeight(height: BlockNumber) throws {
        try withTemporaryFolder { path in
            try RecordedLedger.write("\(path)/whole").close()
            try RecordedLedger.write("\(path)/short", to: height).close()
            var applied: [BlockNumber] = []
            _ = try LedgerExport.run("\(path)/whole", to: "\(path)/past", at: height) { applied.append($0) }
            _ = try LedgerExport.run("\(path)/short", to: "\(path)/present", at: height) { _ in
                Issue.record("nothing is to be applied")
            }
            try expectEqualFolders("\(path)/past", "\(path)/present")
            #expect(applied == Array(0..<height))
        }
    }

    @Test("heights that the ledger does not have, and folders in use, are refused")
    func refusals() throws {
        try withTemporaryFolder { path in
            try RecordedLedger.write("\(path)/ledger", to: 3).close()
            for height in [0, 4, .max] as [BlockNumber] {
                let error = #expect(throws: StorageError.self) {
                    try LedgerExport.run("\(path)/ledger", to: "\(path)/out", at: height)
                }
                #expect(error?.code == .misuse)
                #expect(error?.message.contains("heights 1 to 3") == true)
            }
            try Data().write(to: URL(filePath: "\(path)/out/something"))
            let error = #expect(throws: StorageError.self) {
                try LedgerExport.run("\(path)/ledger", to: "\(path)/out")
            }
            #expect(error?.code == .misuse)
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(path)/out") == ["something"])
        }
    }

    @Test("an export that is called off leaves nothing behind")
    func calledOff() throws {
        struct Interruption: Error {}
        try withTemporaryFolder { path in
            try RecordedLedger.write("\(path)/ledger", to: 10).close()
            #expect(throws: Interruption.self) {
                try LedgerExport.run("\(path)/ledger", to: "\(path)/out", at: 8) { if $0 == 4 { throw Interruption() } }
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(path)/out") == [])
        }
    }
}

/// Expects two folders to hold the same files.
func expectEqualFolders(_ left: String, _ right: String) throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: right).sorted()
    #expect(try FileManager.default.contentsOfDirectory(atPath: left).sorted() == names)
    for name in names {
        let (left, right) = (
            FileManager.default.contents(atPath: "\(left)/\(name)"),
            try Data(contentsOf: URL(filePath: "\(right)/\(name)"))
        )
        #expect(left == right, "\(name)")
    }
}
