internal import FabricTypes
internal import Foundation
internal import GoldenLedger
internal import LedgerCore
internal import LedgerStorage
internal import LedgerTestKit
internal import Subprocess
internal import Testing

@Suite("A process killed while it commits", .serialized)
struct LedgerCrashTests {
    private static let moments = ["withinAppend"] + SQLiteLedger.CommitPoint.allCases.map(\.rawValue)

    @Test("loses nothing it acknowledged, at any moment of a commit", arguments: moments, [0, 1, 7] as [UInt64])
    func killedAtMoment(moment: String, block: UInt64) async throws {
        try await withTemporaryFolder { path in
            let acknowledged = try await Self.run(path, seed: block + 10, block: block, moment: moment)
            #expect(acknowledged == Array(0..<block))
            try Self.expectWhole(path, seed: block + 10, acknowledgedCount: block, "\(moment) of block \(block)")
        }
    }

    @Test("time and again loses nothing", arguments: 0..<3)
    func killedRepeatedly(seed: UInt64) async throws {
        try await withTemporaryFolder { path in
            var random = SeededGenerator(seed: seed)
            var height: UInt64 = 0
            for _ in 0..<6 {
                let moment = Self.moments[Int.random(in: Self.moments.indices, using: &random)]
                let block = height + UInt64.random(in: 1...5, using: &random)
                let acknowledged = try await Self.run(path, seed: seed, block: block, moment: moment)
                height = acknowledged.last.map { $0 + 1 } ?? height
                try Self.expectWhole(
                    path, seed: seed, acknowledgedCount: height, "seed \(seed), \(moment) of block \(block)")
            }
        }
    }

    /// Runs the program until it has ended itself.
    ///
    /// - Returns: the blocks that it acknowledged before.
    private static func run(_ path: String, seed: UInt64, block: UInt64, moment: String) async throws -> [UInt64] {
        let program = Bundle.main.bundleURL.appendingPathComponent("LedgerCrashProgram").path
        let result = try await Subprocess.run(
            .name("env"), arguments: [program, path, "\(seed)", "\(block)", moment], output: .string(limit: 1 << 20),
            error: .string(limit: 1 << 16))
        #expect(result.terminationStatus == .signaled(SIGKILL), "\(result.standardError)")
        return result.standardOutput.split(separator: "\n").compactMap { UInt64($0) }
    }

    /// The ledger holds what was acknowledged and at most the block under way, and equals a rebuild of itself.
    private static func expectWhole(_ path: String, seed: UInt64, acknowledgedCount: UInt64, _ comment: Comment) throws
    {
        let model = InMemoryLedger()
        let ledger = try MadeLedger.open(path)
        #expect(ledger.height == acknowledgedCount || ledger.height == acknowledgedCount + 1, comment)
        while model.height < ledger.height { try model.commit(MadeLedger(seed: seed).nextCommit(for: model)) }
        try expectEqual(ledger, model, comment)
        ledger.close()
        try SQLiteLedger.removeDatabase(folder: path)
        let rebuilt = try MadeLedger.open(path)
        try expectEqual(rebuilt, model, "\(comment), rebuilt")
        rebuilt.close()
    }
}
