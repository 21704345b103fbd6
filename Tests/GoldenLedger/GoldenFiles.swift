package import FabricTypes
package import Foundation

/// The files under `Tests/Fixtures`, found relative to this source file so that no resource bundle is needed.
package struct GoldenFiles: Sendable {
    package let folder: URL

    /// The recorded channel `trade`; its `README.md` says what lies where.
    package static let trade = GoldenFiles(fixture: "trade")

    /// - Parameter fixture: a folder of `Tests/Fixtures`.
    package init(fixture: String, source: String = #filePath) {
        folder = URL(filePath: source)
            .deletingLastPathComponent()  // GoldenLedger
            .deletingLastPathComponent()  // Tests
            .appending(path: "Fixtures")
            .appending(path: fixture)
    }

    package func url(_ path: String) -> URL {
        folder.appending(path: path)
    }

    package func bytes(_ path: String) throws -> Bytes {
        Bytes([UInt8](try Data(contentsOf: url(path))))
    }

    package func text(_ path: String) throws -> String {
        try String(contentsOf: url(path), encoding: .utf8)
    }

    /// The names in a subfolder, sorted.
    package func names(in path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: url(path).path(percentEncoded: false)).sorted()
    }

    package func json(_ path: String) throws -> GoldenJSON {
        try JSONDecoder().decode(GoldenJSON.self, from: Data(contentsOf: url(path)))
    }

    /// One value per line, as the files under `shim/` hold them.
    package func jsonLines(_ path: String) throws -> [GoldenJSON] {
        let decoder = JSONDecoder()
        return try Data(contentsOf: url(path)).split(separator: UInt8(ascii: "\n")).map { line in
            try decoder.decode(GoldenJSON.self, from: Data(line))
        }
    }

    /// Blocks `0 ..< count` as the peers served them.
    package func blocks() throws -> [Bytes] {
        try names(in: "blocks").filter { $0.hasSuffix(".block") }.map { try bytes("blocks/\($0)") }
    }
}
