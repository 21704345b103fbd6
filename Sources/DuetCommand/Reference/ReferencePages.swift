internal import DuetNode
internal import Foundation
internal import Logging

/// A page of the reference, as Markdown.
struct ReferencePage {
    /// Of the file.
    let name: String
    let text: String

    init(_ name: String, title: String, _ parts: [String]) {
        self.name = name
        let notice = "<!-- Made from the program by scripts/reference. Change the code, not this page. -->"
        text = (["# \(title)", notice] + parts).joined(separator: "\n\n") + "\n"
    }
}

/// All pages, made from what the program itself goes by.
enum ReferencePages {
    /// - Parameter blocks: a folder with blocks of a channel.
    static func all(blocks: String) async throws -> [ReferencePage] {
        let node = try await describedNode()
        return [
            try CommandPage.make(), try ConfigurationPage.make(), try TemplatePage.make(), APIPage.make(node.api),
            try EventsPage.make(blocks: blocks), MetricsPage.make(node.metrics), ErrorsPage.make(),
        ]
    }

    /// What a node with everything tells of itself. It is opened in a folder that is deleted again, and serves nobody.
    private static func describedNode() async throws -> (api: JSONValue, metrics: [MetricsPage.Figure]) {
        let folder = FileManager.default.temporaryDirectory.appending(path: "duet-\(UUID().uuidString)").path
        // What is left of it harms nobody.
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var settings = UpSettings()
        settings.data = folder
        let (configuration, problems) = settings.nodeConfiguration(linked: [], isFresh: false)
        guard problems.isEmpty else { throw CommandError(.configuration, problems.joined(separator: "\n")) }
        let node = try await Node.open(
            configuration, logger: Logger(label: "reference") { _ in SwiftLogNoOpLogHandler() })
        let description = await node.describe()
        return (description.api, description.metrics.map(MetricsPage.Figure.init))
    }
}
