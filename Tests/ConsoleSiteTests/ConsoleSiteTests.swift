import ConsoleSite
import Foundation
import Testing

@Suite("Files of the console")
struct ConsoleSiteTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Sources/ConsoleSite/Site").standardizedFileURL

    private var texts: [String: String] {
        Dictionary(
            uniqueKeysWithValues: ConsoleFiles.all.map { ($0.path, String(decoding: $0.content, as: UTF8.self)) })
    }

    @Test("every file is served, as it stands in the sources")
    func complete() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        #expect(Set(names.map { $0 == "index.html" ? "/" : "/\($0)" }) == Set(ConsoleFiles.all.map(\.path)))
        for file in ConsoleFiles.all {
            let name = file.path == "/" ? "index.html" : String(file.path.dropFirst())
            #expect(try Data(contentsOf: Self.folder.appending(path: name)) == Data(file.content), "\(name)")
        }
    }

    @Test("what a file names is there")
    func references() throws {
        let paths = Set(texts.keys)
        for (path, text) in texts {
            for match in text.matches(of: /["'](\/[a-z-]+\.(?:js|css|svg))["']/) {
                #expect(paths.contains(String(match.1)), "\(path) names \(match.1)")
            }
        }
    }

    @Test("no page asks another machine, and none needs what the security policy forbids")
    func selfContained() throws {
        for (path, text) in texts {
            let addresses = text.matches(of: /https?:\/\/[a-z0-9]/).map {
                String(text[$0.range.lowerBound...].prefix(30))
            }
            #expect(addresses.allSatisfy { $0.hasPrefix("http://www.w3.org/2000/svg") }, "\(path): \(addresses)")
            for forbidden in [
                "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function(",
            ] {
                #expect(!text.contains(forbidden), "\(path) has \(forbidden)")
            }
        }
        let page = try #require(texts["/"])
        #expect(page.firstMatch(of: /<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=/) == nil)
    }

    @Test("the first view takes less than 100 KB, before compression too")
    func firstView() throws {
        var seen: Set<String> = []
        func bytes(of path: String) throws -> Int {
            guard seen.insert(path).inserted else { return 0 }
            let text = try #require(texts[path], "\(path)")
            // What is imported at once, not what `import(…)` fetches when it is needed.
            let imports = text.matches(of: /from "(\/[a-z]+\.js)"/).map { String($0.1) }
            return try text.utf8.count + imports.reduce(0) { try $0 + bytes(of: $1) }
        }
        let total = try ["/", "/style.css", "/icon.svg", "/app.js", "/overview.js"].reduce(0) { try $0 + bytes(of: $1) }
        #expect(seen.count >= 8)
        #expect(total < 100_000, "\(total) bytes")
    }
}
