import Foundation

/// The package as it lies on disk: its manifest, its modules, and what their files import.
struct SourceTree {
    struct File {
        /// From the package's root.
        let path: String
        let lines: [Substring]
    }

    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Read once for all tests.
    static let read = Result { try SourceTree() }

    let manifest: String
    /// Swift files by module, generated ones left out. The C modules in `SystemLibraries` hold none.
    let files: [String: [File]]

    private init() throws {
        manifest = try String(contentsOf: Self.root.appendingPathComponent("Package.swift"), encoding: .utf8)
        var files: [String: [File]] = [:]
        for module in try Self.folders("Sources") where module != "SystemLibraries" {
            files[module] = try Self.swiftFiles(in: "Sources/\(module)")
        }
        for module in try Self.folders("Sources/SystemLibraries") {
            files[module] = []
        }
        self.files = files
    }

    /// The modules imported by `module`, with one file that does so.
    func imports(of module: String) -> [String: String] {
        var imports: [String: String] = [:]
        for file in files[module] ?? [] {
            for line in file.lines {
                guard let name = Self.importedModule(line) else { continue }
                imports[name] = file.path
            }
        }
        return imports
    }

    /// `NIOCore` for `@preconcurrency package import struct NIOCore.ByteBuffer`; nil for any other line.
    static func importedModule(_ line: Substring) -> String? {
        let modifiers: Set<Substring> = ["public", "package", "internal", "fileprivate", "private"]
        let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "func", "typealias", "let", "var"]
        var words = line.split(separator: " ")[...]
        while let first = words.first, first.hasPrefix("@") || modifiers.contains(first) { words.removeFirst() }
        guard words.popFirst() == "import" else { return nil }
        if let kind = words.first, kinds.contains(kind) { words.removeFirst() }
        return words.first?.split(separator: ".").first.map(String.init)
    }

    /// The modules of ours that the manifest gives to `module`, or nil if it does not declare it.
    func declaredDependencies(of module: String) -> Set<String>? {
        guard let declaration = manifest.range(of: "module\\(\\s*\"\(module)\",\\s*\\[", options: .regularExpression)
        else { return nil }
        let list = manifest[declaration.upperBound...].prefix { $0 != "]" }
        // Every other piece between quotation marks stands inside of them.
        let pieces = list.split(separator: "\"", omittingEmptySubsequences: false)
        return Set(pieces.enumerated().filter { $0.offset % 2 == 1 }.map { String($0.element) })
    }

    func hasTestTarget(_ module: String) -> Bool {
        let tests = Self.root.appendingPathComponent("Tests/\(module)Tests")
        let declaration = manifest.range(of: "tests\\(\\s*\"\(module)\"", options: .regularExpression)
        return declaration != nil && FileManager.default.fileExists(atPath: tests.path)
    }

    static func folders(_ path: String) throws -> [String] {
        let url = root.appendingPathComponent(path)
        return try FileManager.default.contentsOfDirectory(at: url, includingPropertiesForKeys: [.isDirectoryKey])
            .filter { try $0.resourceValues(forKeys: [.isDirectoryKey]).isDirectory == true }
            .map(\.lastPathComponent).sorted()
    }

    static func swiftFiles(in folder: String) throws -> [File] {
        let url = root.appendingPathComponent(folder)
        let names = FileManager.default.enumerator(atPath: url.path)?.compactMap { $0 as? String } ?? []
        return try names.filter { $0.hasSuffix(".swift") && !$0.hasSuffix(".pb.swift") }.sorted().map { name in
            let text = try String(contentsOf: url.appendingPathComponent(name), encoding: .utf8)
            return File(
                path: "\(folder)/\(name)", lines: text.split(separator: "\n", omittingEmptySubsequences: false))
        }
    }
}
