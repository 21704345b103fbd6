import Foundation
import Testing

@Suite("Reference pages")
struct ReferencePagesTests {
    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    @Test("are what the program says; scripts/reference writes them again")
    func freshness() async throws {
        let kept = Self.root.appending(path: "docs/reference")
        let made = FileManager.default.temporaryDirectory.appending(path: "duet-reference-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: made) }
        let result = try await DuetProgram.run([
            "reference", "--folder", made.path, "--blocks",
            Self.root.appending(path: "Tests/Fixtures/trade/blocks").path,
        ])
        try #require(result.status == 0, "\(result.standardError)")

        let names = try FileManager.default.contentsOfDirectory(atPath: made.path).sorted()
        #expect(try FileManager.default.contentsOfDirectory(atPath: kept.path).sorted() == names)
        for name in names {
            let lines = try Self.lines(made.appending(path: name))
            let keptLines = try Self.lines(kept.appending(path: name))
            let difference = zip(lines, keptLines).first { $0 != $1 }
            #expect(
                lines == keptLines,
                "docs/reference/\(name) is stale: run scripts/reference. \(difference.map { "New: \($0). Old: \($1)." } ?? "")"
            )
        }
    }

    private static func lines(_ file: URL) throws -> [String] {
        try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n")
    }

    @Test("commands for developers are in no help")
    func hidden() async throws {
        let help = try await DuetProgram.run(["--help"])
        #expect(!help.standardOutput.contains("reference"))
    }
}
