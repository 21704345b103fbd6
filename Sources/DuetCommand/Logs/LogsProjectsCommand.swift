internal import ArgumentParser
internal import FunctionTypes

/// `duet logs projects`: the organisation's log projects.
struct LogsProjectsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "projects", abstract: "List log projects.")

    @OptionGroup var nodeOptions: NodeOptions
    @OptionGroup var outputOptions: OutputOptions

    func run() async throws {
        let projects = try await nodeOptions.withClient { try await $0.call(.get, ["api", "logs", "projects"]) }
        try outputOptions.print(projects) { projects in
            var table = TextTable([.init("Project"), .init("Created"), .init("Description")])
            for project in projects.arrayValue ?? [] {
                table.append([
                    .init(project["name"]?.stringValue ?? ""), .init(project["createTime"]?.stringValue ?? ""),
                    .init(project["description"]?.stringValue ?? ""),
                ])
            }
            return table.rendered()
        }
    }
}
