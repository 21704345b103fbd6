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

    @Test("links between documents lead somewhere, to a heading where they name one", arguments: documents)
    func links(document: String) throws {
        let folder = URL(fileURLWithPath: document, relativeTo: SourceTree.root).deletingLastPathComponent()
        for link in try prose(document).matches(of: /\]\(([^)#:\s]*)(?:#([^)]*))?\)/) {
            let target = link.1.isEmpty ? document : String(link.1)
            let file = link.1.isEmpty ? SourceTree.root.appending(path: target) : folder.appending(path: target)
            #expect(FileManager.default.fileExists(atPath: file.path), "\(document) links to \(target)")
            guard let heading = link.2, target.hasSuffix(".md") else { continue }
            let anchors = try anchors(in: String(contentsOf: file, encoding: .utf8))
            #expect(anchors.contains(String(heading)), "\(document) links to \(target)#\(heading)")
        }
    }

    /// Every document, from the package's root.
    private static let documents: [String] = {
        let names = FileManager.default.enumerator(atPath: SourceTree.root.path)
        var documents: [String] = []
        while let name = names?.nextObject() as? String {
            let isForeign = name.split(separator: "/").contains { $0.hasPrefix(".") || $0 == "node_modules" }
            if isForeign { names?.skipDescendants() } else if name.hasSuffix(".md") { documents.append(name) }
        }
        return documents.sorted()
    }()

    /// A document without what stands in it as code.
    private func prose(_ document: String) throws -> String {
        try text(document).replacing(/(?ms)^ *```.*?^ *```/, with: "").replacing(/`[^`\n]*`/, with: "")
    }

    /// What headings are called in links: GitHub's rule.
    private func anchors(in text: String) -> Set<String> {
        let headings = text.replacing(/(?ms)^```.*?^```/, with: "").matches(of: /(?m)^#+ +(.*)$/)
        return Set(
            headings.map { heading in
                String(heading.1.lowercased().filter { $0.isLetter || $0.isNumber || " -_".contains($0) })
                    .replacing(" ", with: "-")
            })
    }

    @Test(
        "every `make` command that the documents name exists",
        arguments: ["README.md", "README.zh.md", "CONTRIBUTING.md"])
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
