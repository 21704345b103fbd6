internal import ArgumentParser
internal import Foundation

/// `duet init`: starts a project.
struct InitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Start a project: a template and a function to change.",
        discussion: "Kinds: " + StarterProject.all.map { "\($0.name) (\($0.summary))" }.joined(separator: ", ") + ".")

    @Argument(help: "The kind of project.")
    var kind = StarterProject.all[0].name

    @Argument(help: "The folder to put it in; made if absent.")
    var folder = "."

    func run() async throws {
        guard let project = StarterProject.all.first(where: { $0.name == kind }) else {
            throw CommandError(
                .usage,
                "\"\(kind)\" is no kind of project: use \(StarterProject.all.map(\.name).joined(separator: ", ")).")
        }
        for name in project.files.keys.sorted() where FileManager.default.fileExists(atPath: "\(folder)/\(name)") {
            throw CommandError(.failed, "\"\(folder)/\(name)\" is there already; nothing was written.")
        }
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            for (name, text) in project.files.sorted(by: { $0.key < $1.key }) {
                let file = URL(fileURLWithPath: "\(folder)/\(name)")
                try FileManager.default.createDirectory(
                    at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(text.utf8).write(to: file)
                if text.hasPrefix("#!") {
                    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
                }
            }
        } catch {
            throw CommandError(.failed, "The project cannot be written: \(error.localizedDescription)")
        }
        let place = folder == "." ? "" : " \(folder)"
        Terminal.standardOutput.write(
            project.files.keys.sorted().map { "  \(folder == "." ? "" : folder + "/")\($0)\n" }.joined()
                + (project.preparation.map { "Build it:  (cd \(folder) && \($0))\n" } ?? "")
                + "Deploy it: \(RootCommand.programName) deploy\(place)\n")
    }
}
