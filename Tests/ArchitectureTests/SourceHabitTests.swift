import Testing

@Suite("Habits of the sources")
struct SourceHabitTests {
    let tree: SourceTree

    init() throws {
        tree = try SourceTree.read.get()
    }

    private var writtenFiles: [SourceTree.File] {
        Array(tree.files.values.joined())
    }

    @Test(
        "words that stand for a trap, an unowned task or unfinished work do not occur",
        arguments: ["try!", "as!", "fatalError(", "Task.detached", "TODO", "FIXME"])
    func forbiddenWords(word: String) {
        for file in writtenFiles {
            for (number, line) in file.lines.enumerated() {
                #expect(!line.contains(word), "\(file.path):\(number + 1): \(line)")
            }
        }
    }

    @Test(
        "tests wait for events, not for time",
        arguments: ["Task.sleep", "Thread.sleep", "usleep(", "RunLoop"])
    func sleeplessTests(word: String) throws {
        for file in try Self.testFiles.get() where !file.path.hasPrefix("Tests/ArchitectureTests/") {
            for (number, line) in file.lines.enumerated() {
                #expect(!line.contains(word), "\(file.path):\(number + 1): \(line)")
            }
        }
    }

    private static let testFiles = Result {
        try SourceTree.folders("Tests").flatMap { try SourceTree.swiftFiles(in: "Tests/\($0)") }
    }

    @Test("no file is longer than 500 lines")
    func fileLength() throws {
        for file in try writtenFiles + Self.testFiles.get() {
            #expect(file.lines.count <= 501, "\(file.path): look for the second idea in it")
        }
    }

    @Test("no module is named like a type inside it, so that `Module.Type` can always be written")
    func moduleNames() {
        for (module, files) in tree.files {
            for file in files {
                let declaration = file.lines.first { line in
                    ["struct", "class", "enum", "actor", "protocol"].contains { kind in
                        line.hasSuffix("\(kind) \(module) {") || line.contains("\(kind) \(module):")
                    }
                }
                #expect(declaration == nil, "\(file.path)")
            }
        }
    }

    @Test("no folder is named after what it is made of instead of what it is about")
    func folderNames() {
        let shapeless: Set<Substring> = [
            "Common", "Utils", "Util", "Utilities", "Helpers", "Models", "Protocols", "Extensions", "Misc",
        ]
        for file in writtenFiles {
            #expect(shapeless.isDisjoint(with: file.path.split(separator: "/").dropLast()), "\(file.path)")
        }
    }
}
