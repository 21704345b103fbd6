internal import ArgumentParser
internal import Foundation

/// `duet reference`: writes the reference pages of the documents from the program itself. For developers, so no help names it.
struct ReferenceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reference", abstract: "Write the reference pages from the program itself.",
        discussion: "To be run in the package's folder.", shouldDisplay: false)

    @Option(help: "The folder to write to.", completion: .directory)
    var folder = "docs/reference"

    @Option(
        help: ArgumentHelp("Blocks of a channel, from which the examples of events are made.", valueName: "folder"),
        completion: .directory)
    var blocks = "Tests/Fixtures/trade/blocks"

    func run() async throws {
        let pages = try await ReferencePages.all(blocks: blocks)
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            for page in pages {
                let file = URL(fileURLWithPath: folder).appending(path: page.name)
                try Data(page.text.utf8).write(to: file, options: .atomic)
            }
        } catch {
            throw CommandError(.failed, "The pages cannot be written: \(error.localizedDescription)")
        }
        Terminal.standardOutput.write("Wrote \(pages.count) pages to \(folder).\n")
    }
}
