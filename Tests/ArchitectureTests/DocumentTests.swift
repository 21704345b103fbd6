import Foundation
import Testing

@Suite("Documents")
struct DocumentTests {
    let tree: SourceTree

    init() throws {
        tree = try SourceTree.read.get()
    }

    @Test("ARCHITECTURE.md names every module of the map once, and calls planned what has no sources")
    func moduleTable() throws {
        var rows: [String: Bool] = [:]  // module → whether it is called planned
        for line in try text("ARCHITECTURE.md").split(separator: "\n") where line.hasPrefix("| `") {
            let name = String(line.dropFirst(3).prefix { $0 != "`" })
            #expect(rows[name] == nil, "\(name) stands there twice")
            rows[name] = line.contains("(*planned*)")
        }

        #expect(Set(rows.keys) == ModuleMap.modules.values.reduce(into: []) { $0.formUnion($1) })
        for (module, isPlanned) in rows {
            #expect(isPlanned == (tree.files[module] == nil), "\(module)")
        }
    }

    @Test(
        "links between documents lead somewhere",
        arguments: ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"])
    func links(document: String) throws {
        for link in try text(document).matches(of: /\]\(([^)#:]+)(?:#[^)]*)?\)/) {
            let target = SourceTree.root.appendingPathComponent(String(link.1))
            #expect(FileManager.default.fileExists(atPath: target.path), "\(document) links to \(link.1)")
        }
    }

    @Test("every `make` command that the documents name exists", arguments: ["README.md", "CONTRIBUTING.md"])
    func makeCommands(document: String) throws {
        let makefile = try text("Makefile")
        for command in try text(document).matches(of: /make ([a-z]+)(?:`|  )/) {
            #expect(makefile.contains("\n\(command.1):"), "\(document) names make \(command.1)")
        }
    }

    private func text(_ path: String) throws -> String {
        try String(contentsOf: SourceTree.root.appendingPathComponent(path), encoding: .utf8)
    }
}
