internal import ArgumentParser
internal import FunctionTypes

/// `duet function …`.
struct FunctionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "function", abstract: "Look at functions, and call them.",
        subcommands: [
            FunctionListCommand.self, FunctionShowCommand.self, FunctionInvokeCommand.self,
            FunctionVersionsCommand.self, FunctionIdentityCommand.self,
        ])
}

/// `duet function list`.
struct FunctionListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List functions.")

    @Option(help: ArgumentHelp("Only functions of this service.", valueName: "name"))
    var service: String?

    @OptionGroup var options: FunctionOptions

    func run() async throws {
        let functions = try await options.call(.get, ["api", "functions"], query: [("service", service)])
        try options.output.print(functions) { functions in
            var table = TextTable([
                .init("Function"), .init("Runtime"), .init("Handler"), .init("Memory", .right),
                .init("Timeout", .right), .init("Triggers"), .init("Instances", .right), .init("Modified"),
            ])
            for function in functions.arrayValue ?? [] {
                table.append([
                    .init("\(function["service"]?.stringValue ?? "")/\(function["function"]?.stringValue ?? "")"),
                    function.cell("runtime"), function.cell("handler"),
                    .init("\(function["memoryMegabytes"]?.integerValue ?? 0) MB"),
                    .init("\(function["timeoutSeconds"]?.integerValue ?? 0) s"), function.cell("triggerTypes"),
                    function.cell("instanceCount"), function.cell("modifiedAt"),
                ])
            }
            return table.rendered()
        }
    }
}

/// `duet function show`.
struct FunctionShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Describe a function with its triggers, versions and instances.")

    @Argument(help: ArgumentHelp("The function.", valueName: "service/function"))
    var function: FunctionArgument

    @OptionGroup var options: FunctionOptions

    func run() async throws {
        let answer = try await options.call(.get, ["api", "functions", function.service, function.function])
        try options.output.print(answer) { Self.table($0) }
    }

    private static func table(_ function: JSONValue) -> String {
        var table = TextTable([.init("What"), .init("Value")])
        let configuration = function["configuration"] ?? .null
        table.append(["Organisation", function.cell("organization")])
        for (title, name) in [
            ("Description", "description"), ("Runtime", "runtime"), ("Handler", "handler"),
            ("Initializer", "initializer"), ("Memory, MB", "memorySize"), ("Time-out, s", "timeout"),
            ("Requests at once", "instanceConcurrency"), ("Environment", "environmentVariables"),
            ("Code, bytes", "codeSize"), ("Code, checksum", "codeChecksum"), ("Made", "createdTime"),
            ("Modified", "lastModifiedTime"),
        ] where configuration[name] != nil {
            table.append([.init(title), configuration.cell(name)])
        }
        table.append(["Code, digest", function.cell("codeDigest")])
        for trigger in function["triggers"]?.arrayValue ?? [] {
            let name = trigger["triggerName"]?.stringValue ?? ""
            let type = trigger["triggerType"]?.stringValue ?? ""
            table.append([.init("Trigger \(name)"), .init("\(type) \(trigger["triggerConfig"]?.jsonText ?? "")")])
        }
        for version in function["versions"]?.arrayValue ?? [] {
            table.append([.init("Version \(version["versionId"]?.stringValue ?? "")"), version.cell("createdTime")])
        }
        for alias in function["aliases"]?.arrayValue ?? [] {
            let weights = alias["additionalVersionWeight"].flatMap { $0 == [:] ? nil : " and \($0.jsonText)" } ?? ""
            table.append([
                .init("Alias \(alias["aliasName"]?.stringValue ?? "")"),
                .init("version \(alias["versionId"]?.stringValue ?? "")\(weights)"),
            ])
        }
        table.append(["Instances", function.cell("instances")])
        return table.rendered()
    }
}

/// `duet function versions`.
struct FunctionVersionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "versions", abstract: "List the published versions of a service, or publish one.",
        discussion: "A version holds all functions of its service as they were, and never changes.")

    @Argument(help: "The service.")
    var service: String

    @Flag(help: "Publish the service's current state as a new version.")
    var publish = false

    @Option(help: ArgumentHelp("What the new version is about.", valueName: "text"))
    var description: String?

    @OptionGroup var options: FunctionOptions

    func run() async throws {
        let path = ["2016-08-15", "services", service, "versions"]
        let answer = try await options.node.withClient { client in
            if publish {
                let body = JSONValue.object(present: ["description": .text(description)])
                let answer = try await client.exchange(
                    .post, path, headers: options.accountHeaders + [("Content-Type", "application/json")],
                    body: body.jsonBytes)
                return try client.json(answer)
            }
            return try client.json(try await client.exchange(.get, path, headers: options.accountHeaders))
        }
        try options.output.print(answer) { answer in
            var table = TextTable([.init("Version", .right), .init("Made"), .init("Description")])
            for version in answer["versions"]?.arrayValue ?? [answer] {
                table.append([version.cell("versionId"), version.cell("createdTime"), version.cell("description")])
            }
            return table.rendered()
        }
    }
}

extension FunctionOptions {
    /// Names the organisation in calls of Function Compute's API.
    var accountHeaders: [(name: String, value: String)] {
        organization.map { [("X-Fc-Account-Id", $0)] } ?? []
    }
}
