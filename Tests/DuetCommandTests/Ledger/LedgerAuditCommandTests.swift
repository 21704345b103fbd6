import FabricTypes
import Foundation
import GoldenLedger
import Testing

@Suite("duet ledger audit")
struct LedgerAuditCommandTests {
    private struct Report: Decodable {
        struct AuditedBlock: Decodable {
            let number: Int
            let headerHash: String
            let dataHash: String
            let commitHash: String
            let codes: [UInt8]
            let isRecomputed: Bool
        }

        struct Difference: Decodable {
            let block: Int?
            let kind: String
            let transactions: [Int]
            let message: String
        }

        let blocks: [AuditedBlock]
        let differences: [Difference]
        let differenceCount: Int

        init(_ text: String) throws {
            self = try JSONDecoder().decode(Report.self, from: Data(text.utf8))
        }
    }

    private static let blocks = GoldenFiles.trade.url("blocks").path

    @Test("the recorded ledger is printed as recorded, with status 0 and silence on standard error")
    func recordedLedger() async throws {
        let result = try await DuetProgram.run(["ledger", "audit", Self.blocks, "--output", "json"])

        #expect(result.status == 0)
        #expect(result.standardError.isEmpty)
        let report = try Report(result.standardOutput)
        #expect(report.differences.isEmpty)
        #expect(report.differenceCount == 0)
        #expect(report.blocks.allSatisfy { $0.isRecomputed })
        let expected = try GoldenFiles.trade.json("expected/blocks.json").array
        #expect(report.blocks.count == expected.count)
        for (block, expected) in zip(report.blocks, expected) {
            #expect(try block.number == Int(expected["number"].integer))
            #expect(try block.headerHash == expected["headerHash"].string)
            #expect(try block.dataHash == expected["dataHash"].string)
            #expect(try block.commitHash == (expected["commitHash"].isNull ? "" : expected["commitHash"].string))
            #expect(try Bytes(block.codes) == expected["transactionsFilter"].hex)
        }
    }

    @Test("people get the codes, what differs, and a sentence")
    func table() async throws {
        let result = try await DuetProgram.run(["ledger", "audit", Self.blocks])

        #expect(result.status == 0)
        #expect(result.standardOutput.contains("MVCC_READ_CONFLICT"))
        #expect(result.standardOutput.contains("Audited 110 blocks with 633 transactions of channel trade."))
        #expect(result.standardOutput.contains("Nothing differs"))
    }

    @Test("a changed byte, a missing and a damaged file end with status 1 and the block's number")
    func differences() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "duet-\(UUID().uuidString)")
        try FileManager.default.copyItem(at: GoldenFiles.trade.url("blocks"), to: folder)
        defer { try? FileManager.default.removeItem(at: folder) }
        func file(_ name: String) -> URL { folder.appending(path: "\(name).block") }

        var block = try Block(decoding: Bytes([UInt8](Data(contentsOf: file("000015")))))
        block.metadata[.transactionsFilter] = Bytes([UInt8](repeating: 0, count: 16))
        try Data(block.encoded().array).write(to: file("000015"))
        var result = try await DuetProgram.run(["ledger", "audit", folder.path, "--output", "json"])
        #expect(result.status == 1)
        var report = try Report(result.standardOutput)
        #expect(report.differences.map(\.block) == [15])
        #expect(report.differences.first?.kind == "transactionsFilter")
        #expect(report.differences.first?.transactions == [1, 5, 7, 9, 11, 13, 14])

        try FileManager.default.removeItem(at: file("000015"))
        try Data("no block".utf8).write(to: file("000052"))
        result = try await DuetProgram.run(["ledger", "audit", folder.path, "--output", "json"])
        #expect(result.status == 1)
        report = try Report(result.standardOutput)
        #expect(report.differences.map(\.block) == [15, 52])
        #expect(report.differences.map(\.kind) == ["missing", "unreadable"])
        #expect(report.differenceCount == 2)
        #expect(report.blocks.filter(\.isRecomputed).map(\.number) == Array(0..<15))

        result = try await DuetProgram.run(["ledger", "audit", folder.path])
        #expect(result.status == 1)
        #expect(result.standardOutput.contains("Block 15 is missing."))
    }

    @Test("--state writes every public and hashed key of the recorded state, and nothing else")
    func state() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "duet-\(UUID().uuidString).jsonl")
        defer { try? FileManager.default.removeItem(at: file) }
        let result = try await DuetProgram.run(["ledger", "audit", Self.blocks, "--state", file.path])
        #expect(result.status == 0)

        let lines = try Data(contentsOf: file).split(separator: UInt8(ascii: "\n"))
            .map { try JSONDecoder().decode(GoldenJSON.self, from: Data($0)) }
        var expected: [GoldenJSON] = []
        let state = try GoldenFiles.trade.json("expected/state.json")
        for (namespace, rows) in try state["public"].object {
            for row in try rows.array {
                expected.append(Self.line(row, with: ["namespace": .string(namespace)]))
            }
        }
        for (namespace, collections) in try state["hashed"].object {
            for (collection, rows) in try collections.object {
                for row in try rows.array {
                    let place: [String: GoldenJSON] = [
                        "namespace": .string(namespace), "collection": .string(collection),
                    ]
                    expected.append(Self.line(row, with: place))
                }
            }
        }
        #expect(Set(lines) == Set(expected))
        #expect(lines.count == expected.count)
    }

    private static func line(_ row: GoldenJSON, with place: [String: GoldenJSON]) -> GoldenJSON {
        guard case .object(var fields) = row else { return .null }
        fields.merge(place) { _, new in new }
        fields["metadata"] = fields["metadata"] ?? .null
        return .object(fields)
    }

    @Test("a place without blocks ends with 66, a state file that cannot be with 64, both before any work")
    func noInput() async throws {
        for path in ["/nowhere", GoldenFiles.trade.url("config").path] {
            let result = try await DuetProgram.run(["ledger", "audit", path, "--output", "json"])
            #expect(result.status == 66)
            #expect(result.standardOutput.isEmpty)
            #expect(result.standardError.hasPrefix("Error: Folder \"\(path)\""))
        }
        var result = try await DuetProgram.run(["ledger", "audit", Self.blocks, "--state", "/nowhere/state"])
        #expect(result.status == 64)
        #expect(result.standardOutput.isEmpty)
        result = try await DuetProgram.run(["ledger", "audit", GoldenFiles.trade.url("genesis.block").path])
        #expect(result.status == 66)
        #expect(result.standardError.contains("is a file"))
    }

    @Test("a result that cannot be written in full is a failure")
    func fullDisk() async throws {
        // Linux's device that refuses every write, reached through a link of our own.
        let link = FileManager.default.temporaryDirectory.appending(path: "duet-\(UUID().uuidString)")
        try FileManager.default.createSymbolicLink(atPath: link.path, withDestinationPath: "/dev/full")
        defer { try? FileManager.default.removeItem(at: link) }
        var result = try await DuetProgram.run(["ledger", "audit", Self.blocks, "--state", link.path])
        #expect(result.status == 1)
        #expect(result.standardError.contains("cannot be written"))
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link.path) == "/dev/full")

        result = try await DuetProgram.run(["ledger", "audit", Self.blocks, "--output", "json"], outputPath: link.path)
        #expect(result.status == 1)
        #expect(result.standardError.contains("standard output"))
    }

    @Test("what is no regular file is no block, however it is named", .timeLimit(.minutes(1)))
    func pipe() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "duet-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(mkfifo(folder.appending(path: "pipe.block").path, 0o600) == 0)
        let link = folder.appending(path: "000000.block").path
        let genesis = GoldenFiles.trade.url("genesis.block").path
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: genesis)

        let result = try await DuetProgram.run(["ledger", "audit", folder.path])
        #expect(result.status == 0)
        #expect(result.standardOutput.contains("Audited one block"))
    }
}
