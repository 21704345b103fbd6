internal import Foundation

/// The lines that were typed into shells before, kept in the data folder for its owner's eyes.
struct ShellHistory {
    private static let lineCountMax = 1_000

    private let path: String
    private(set) var lines: [String]

    init(dataFolder: String) {
        path = "\(dataFolder)/contract-history"
        let text = FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
        lines = text.split(separator: "\n").suffix(Self.lineCountMax).map(String.init)
    }

    mutating func append(_ line: String) {
        guard !line.isEmpty, lines.last != line else { return }
        lines.append(line)
    }

    /// Silent where it cannot be kept: nobody asked for it, and nothing depends on it.
    func save() {
        let text = lines.suffix(Self.lineCountMax).map { $0 + "\n" }.joined()
        _ = FileManager.default.createFile(
            atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: NSNumber(value: 0o600)])
    }
}
