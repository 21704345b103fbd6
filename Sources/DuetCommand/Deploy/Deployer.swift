internal import FunctionCore
internal import FunctionStorage
internal import FunctionTypes

/// Carries out deployments of one template.
struct Deployer {
    let client: NodeClient
    let options: DeployOptions

    /// Reads the template and the code, shows the plan, and applies it.
    ///
    /// Code is sent only for functions that change, after the node has agreed to the plan.
    @discardableResult
    func deploy() async throws -> TemplateFile {
        var file = try TemplateFile(path: options.template, parameters: options.parameters)
        try file.readCode()
        let plan = try await send(file, isDryRun: true)
        let text = PlanText(result: plan)
        let isForPeople = options.output.format == .table
        if isForPeople {
            Terminal.standardError.write(text.notices)
            Terminal.standardOutput.write(text.changes)
        }
        guard !options.dryRun, !text.isUnchanged else {
            if isForPeople {
                Terminal.standardOutput.write(
                    text.isUnchanged ? "Nothing changes.\n" : "Nothing was changed: this was a dry run.\n")
            } else {
                try options.output.print(plan) { _ in "" }
            }
            return file
        }
        try await sendCode(of: file, plan)
        let result = try await send(file, isDryRun: false)
        // What only came out while it was done; the rest was told with the plan.
        if isForPeople, PlanText(result: result).notices != text.notices {
            Terminal.standardError.write(PlanText(result: result).notices)
        }
        try options.output.print(result) { _ in "Deployed.\n" + addresses(result, file) }
        return file
    }

    private func send(_ file: TemplateFile, isDryRun: Bool) async throws -> JSONValue {
        var body = options.body(file, isDryRun: isDryRun)
        body["codes"] = .object(file.codes.mapValues { .string($0.digest) })
        do {
            return try await client.call(.post, ["api", "deployments"], body: .object(body))
        } catch let refusal as NodeRefusal where refusal.code == "InvalidTemplate" && !refusal.problems.isEmpty {
            throw CommandError(.configuration, TemplateRefusal.text(path: file.path, refusal.problems))
        }
    }

    private func sendCode(of file: TemplateFile, _ plan: JSONValue) async throws {
        let changed = (plan["changes"]?.arrayValue ?? []).filter { change in
            change["kind"] == "function" && (change["action"] == "create" || change["action"] == "update")
        }.compactMap { $0["name"]?.stringValue }
        var sent: Set<String> = []
        for name in Set(changed).sorted() {
            guard let code = file.codes[name], sent.insert(code.digest).inserted else { continue }
            _ = try await client.exchange(
                .post, ["api", "code"], headers: [("Content-Type", "application/zip")], body: try code.zip())
        }
    }

    /// Where the functions of the template answer HTTP.
    private func addresses(_ result: JSONValue, _ file: TemplateFile) -> String {
        var text = ""
        for service in file.template.services {
            for function in service.functions {
                for trigger in function.triggers where trigger.configuration.source.typeName == "http" {
                    let qualifier = trigger.configuration.qualifier
                    let name = qualifier == .latest ? "\(service.name)" : "\(service.name).\(qualifier)"
                    text += "  \(client.address)/2016-08-15/proxy/\(name)/\(function.name)/\n"
                }
            }
        }
        for domain in file.template.customDomains { text += "  http://\(domain.name)/ (custom domain)\n" }
        return text
    }

    // Watching.

    /// Deploys, and deploys again after every change, until cancelled.
    ///
    /// A deployment that is refused is told, and the next change tried.
    func watch(resendsFailed: Bool) async throws {
        var watched = [options.template ?? "."]
        while true {
            // Taken before the files are read, so that a change meanwhile is seen afterwards.
            var before = FileWatch.fingerprint(of: watched)
            do {
                watched = try TemplateFile(path: options.template, parameters: options.parameters).watchedPaths
                before = FileWatch.fingerprint(of: watched)
                let file = try await deploy()
                guard file.watchedPaths == watched else { continue }
                if resendsFailed { try await resendFailed(file) }
            } catch let error as CommandError where error.status == .configuration || error.status == .noInput {
                Terminal.standardError.write("\(error.message)\n")
            } catch let refusal as NodeRefusal {
                Terminal.standardError.write("\(refusal.message)\n")
            }
            Terminal.standardError.write("Watching for changes …\n")
            try await FileWatch.change(of: watched, since: before)
        }
    }

    /// The newest dead letter of the template's functions goes on its way again.
    private func resendFailed(_ file: TemplateFile) async throws {
        let organization = options.organization?.split(separator: ",").first.map(String.init)
        for service in file.template.services {
            let letters = try await client.call(
                .get, ["api", "deadletters"],
                query: [
                    ("service", service.name.rawValue), ("order", "newest"), ("limit", "1"),
                    ("organization", service.organization?.rawValue ?? organization),
                ])
            guard let number = letters.arrayValue?.first?["number"]?.integerValue else { continue }
            let answer = try await client.call(
                .post, ["api", "deadletters", "\(number)", "redrive"],
                query: [("organization", service.organization?.rawValue ?? organization)], body: [:])
            Terminal.standardError.write(
                "Sent dead letter \(number) again as \(answer["invocationId"]?.stringValue ?? "").\n")
        }
    }
}
