import Foundation
import Testing

@Suite("The tutorial of contracts")
struct TutorialTests {
    @Test("shows the code that the tests compile", arguments: ["Cellar.swift", "CellarTests.swift"])
    func code(file: String) throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
        let root = folder.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let tutorial = try String(contentsOf: root.appending(path: "docs/contracts.md"), encoding: .utf8)
        let code = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
        #expect(tutorial.contains("```swift\n\(code)```"), "docs/contracts.md does not show \(file) as it is")
    }
}
