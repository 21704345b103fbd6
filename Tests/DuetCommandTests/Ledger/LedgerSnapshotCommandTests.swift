import FabricTypes
import Foundation
import GoldenLedger
import Testing

@Suite("duet ledger snapshot and restore")
struct LedgerSnapshotCommandTests {
    private static let recorded = GoldenFiles.trade.url("snapshot/peer0.alder.example-109").path
    private static let hash = "7709c9e08d1fb104914be318b913007547b7867df7bd691a46e6e4e2e385faa2"

    private struct Report: Decodable {
        let channel: String
        let height: Int
        let snapshotHash: String
        let commitHash: String
    }

    private struct Info: Decodable {
        let height: Int
        let firstBlock: Int?
        let snapshotHash: String?
    }

    private static func decode<Value: Decodable>(_ text: String, as type: Value.Type) throws -> Value {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }

    private static func withFolder(_ body: (String) async throws -> Void) async throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "duet-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: url) }
        try await body(url.path)
    }

    @Test("a restored ledger is described, verified and rebuilt, and gives the snapshot back byte for byte")
    func roundTrip() async throws {
        try await Self.withFolder { path in
            var result = try await DuetProgram.run([
                "ledger", "restore", Self.recorded, "\(path)/ledger", "--expect", Self.hash, "--output", "json",
            ])
            #expect(result.status == 0, "\(result.standardError)")
            let restored = try Self.decode(result.standardOutput, as: Report.self)
            #expect(restored.channel == "trade")
            #expect(restored.height == 110)
            #expect(restored.snapshotHash == Self.hash)

            for command in ["verify", "rebuild", "verify"] {
                result = try await DuetProgram.run(["ledger", command, "\(path)/ledger"])
                #expect(result.status == 0, "\(command): \(result.standardOutput)\(result.standardError)")
            }
            for name in try FileManager.default.contentsOfDirectory(atPath: "\(path)/ledger")
            where name.hasPrefix("state.db") {
                try FileManager.default.removeItem(atPath: "\(path)/ledger/\(name)")
            }
            for (command, status) in [("info", 78), ("verify", 1), ("rebuild", 0), ("info", 0)] as [(String, Int32)] {
                result = try await DuetProgram.run(["ledger", command, "\(path)/ledger"])
                #expect(result.status == status, "\(command): \(result.standardOutput)\(result.standardError)")
            }
            result = try await DuetProgram.run(["ledger", "info", "\(path)/ledger", "--output", "json"])
            let info = try Self.decode(result.standardOutput, as: Info.self)
            #expect(info.height == 110)
            #expect(info.firstBlock == 110)
            #expect(info.snapshotHash == Self.hash)

            result = try await DuetProgram.run([
                "ledger", "snapshot", "\(path)/ledger", "\(path)/out", "--output", "json",
            ])
            #expect(result.status == 0, "\(result.standardError)")
            #expect(try Self.decode(result.standardOutput, as: Report.self).snapshotHash == Self.hash)
            for name in try FileManager.default.contentsOfDirectory(atPath: Self.recorded) {
                #expect(
                    FileManager.default.contents(atPath: "\(path)/out/\(name)")
                        == FileManager.default.contents(atPath: "\(Self.recorded)/\(name)"), "\(name)")
            }
        }
    }

    @Test("a height out of reach, another hash, a changed file and a full folder are refused with their own status")
    func refusals() async throws {
        try await Self.withFolder { path in
            let wrong = String(Self.hash.reversed())
            var result = try await DuetProgram.run([
                "ledger", "restore", Self.recorded, "\(path)/ledger", "--expect", wrong,
            ])
            #expect(result.status == 78)
            #expect(result.standardError.contains(wrong))
            result = try await DuetProgram.run(["ledger", "restore", Self.recorded, "\(path)/ledger", "--expect", "ab"])
            #expect(result.status == 64)

            result = try await DuetProgram.run(["ledger", "restore", Self.recorded, "\(path)/ledger"])
            #expect(result.status == 0)
            result = try await DuetProgram.run(["ledger", "restore", Self.recorded, "\(path)/ledger"])
            #expect(result.status == 1)
            #expect(result.standardError.contains("is not empty"))
            result = try await DuetProgram.run([
                "ledger", "snapshot", "\(path)/ledger", "\(path)/out", "--at", "109",
            ])
            #expect(result.status == 1)
            #expect(result.standardError.contains("heights 110 to 110"))

            try FileManager.default.copyItem(atPath: Self.recorded, toPath: "\(path)/snapshot")
            let file = "\(path)/snapshot/txids.data"
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
            try Data("changed".utf8).write(to: URL(filePath: file))
            result = try await DuetProgram.run(["ledger", "restore", "\(path)/snapshot", "\(path)/other"])
            #expect(result.status == 1)
            #expect(result.standardError.contains("txids.data"))
        }
    }
}
