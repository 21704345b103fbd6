package import FunctionCore
internal import FunctionTypes

/// What a deployment did, or would do.
package struct DeploymentResult: Sendable {
    package var changes: [PlannedChange]
    package var notices: [TemplateNotice]

    package var isUnchanged: Bool { changes.allSatisfy { $0.action == .unchanged || $0.action == .left } }
}

extension FunctionPlatform {
    /// Brings about what a template asks for, as a whole.
    ///
    /// Everything is checked before anything changes. Log projects are made first, since they can only be missing or there;
    /// then the ledger's organisations approve and commit contracts; the registry changes last, in one step.
    ///
    /// - Parameter isDryRun: only says what would change.
    /// - Throws: ``InvalidTemplate``, ``FunctionError``; nothing has changed in the registry then.
    package func deploy(_ deployment: Deployment, isDryRun: Bool) async throws -> DeploymentResult {
        let missing = registry.read { deployment.functionsWithoutCode(in: $0) }
        guard missing.isEmpty else { throw InvalidTemplate(problems: missing) }
        var changes = try registry.rehearse { registry, occasion in try deployment.apply(to: &registry, occasion) }
        let ledger = try await ledgerPlan(deployment)
        let missingContracts = try await missingContracts(deployment)
        let logChanges = try await deployLogs(deployment, isDryRun: isDryRun)
        var notices = deployment.template.notices + missingLogstores(deployment) + missingContracts
        if !isDryRun {
            notices += try await ledgerResources?.apply(ledger, organizations: deployment.ledgerOrganizations) ?? []
            changes = try await registry.change { registry, occasion in try deployment.apply(to: &registry, occasion) }
        }
        return DeploymentResult(
            changes: ledger.map { $0.planned(for: organization(of: deployment)) } + logChanges + changes,
            notices: notices)
    }

    /// Whom changes are listed under that belong to no organisation alone.
    private func organization(of deployment: Deployment) -> OrganizationName {
        deployment.organizations.first ?? OrganizationName(unchecked: "")
    }

    /// - Throws: ``InvalidTemplate`` for what the ledger cannot fulfil.
    private func ledgerPlan(_ deployment: Deployment) async throws -> [LedgerChange] {
        let channels = deployment.template.ledgerChannels
        guard !channels.isEmpty else { return [] }
        guard let ledgerResources else {
            throw InvalidTemplate(
                problems: channels.map {
                    TemplateProblem(
                        line: $0.line, key: $0.key, value: $0.name, reason: "this node runs no network",
                        remedy: "Start it without --no-network, or take the channel out of the template.")
                })
        }
        return try await ledgerResources.plan(channels, organizations: deployment.ledgerOrganizations)
    }

    /// An event on a contract that is nowhere would never set its function off, without a word.
    private func missingContracts(_ deployment: Deployment) async throws -> [TemplateNotice] {
        let template = deployment.template
        let references = template.contractReferences.filter { reference in
            !template.ledgerChannels.contains { channel in
                channel.name == reference.channel && channel.contracts.contains { $0.name == reference.contract }
            }
        }
        guard let ledgerResources else {
            return references.map {
                TemplateNotice(
                    line: $0.line, key: $0.key, text: "This node runs no network, so nobody asks the function.")
            }
        }
        return try await ledgerResources.missing(references)
    }

    /// Takes out what a template names.
    package func remove(_ removal: Removal, isDryRun: Bool) async throws -> DeploymentResult {
        let changes =
            isDryRun
            ? try registry.rehearse { registry, _ in try removal.apply(to: &registry) }
            : try await registry.change { registry, _ in try removal.apply(to: &registry) }
        return DeploymentResult(
            changes: changes,
            notices: removal.template.ledgerChannels.flatMap { channel in
                channel.contracts.map {
                    TemplateNotice(
                        line: $0.line, key: "\(channel.key).\($0.name)",
                        text: "Its definition stays: nothing can be taken off a ledger.")
                }
            })
    }

    private func deployLogs(_ deployment: Deployment, isDryRun: Bool) async throws -> [PlannedChange] {
        var changes: [PlannedChange] = []
        guard let organization = deployment.organizations.first else { return [] }
        for project in deployment.template.logProjects + automaticLogProject(deployment) {
            guard let logResources else {
                throw FunctionError(
                    .invalidArgument,
                    "Log project \"\(project.name)\" cannot be made: this node runs no log service. Take it out of the template."
                )
            }
            for logstore in project.logstores {
                let standing = logResources.stands(logstore, project: project.name)
                let name = "\(project.name)/\(logstore.name)"
                switch standing {
                case .equal:
                    changes.append(PlannedChange(.unchanged, organization: organization, kind: "logstore", name: name))
                case .missing:
                    changes.append(PlannedChange(.create, organization: organization, kind: "logstore", name: name))
                case .different(let details):
                    changes.append(
                        PlannedChange(
                            .update, organization: organization, kind: "logstore", name: name, details: [details]))
                }
                if !isDryRun, standing != .equal {
                    try await logResources.ensure(logstore, project: project, organization: organization)
                }
            }
        }
        return changes
    }

    /// What `LogConfig: Auto` stands for.
    private func automaticLogProject(_ deployment: Deployment) -> [LogProjectTemplate] {
        let automatic = deployment.template.services.first { $0.configuration.logging == .automatic }
        guard let service = automatic else { return [] }
        var project = LogProjectTemplate(name: LogConfiguration.automatic.project, line: service.line)
        project.description = "Output of functions with LogConfig: Auto."
        project.logstores = [
            LogstoreTemplate(name: LogConfiguration.automatic.logstore, line: service.line, ttlDays: 30, shardCount: 1)
        ]
        return [project]
    }

    /// Output for a logstore that is nowhere would be lost without a word.
    private func missingLogstores(_ deployment: Deployment) -> [TemplateNotice] {
        deployment.template.services.compactMap { service in
            guard let logging = service.configuration.logging, logging != .automatic,
                !deployment.template.logProjects.contains(where: { $0.name == logging.project })
            else { return nil }
            let logstore = LogstoreTemplate(name: logging.logstore, line: 0, ttlDays: 30, shardCount: 1)
            guard logResources?.stands(logstore, project: logging.project) ?? .missing == .missing else { return nil }
            return TemplateNotice(
                line: service.line, key: "Resources.\(service.name).Properties.LogConfig",
                text:
                    "There is no logstore \"\(logging.project)/\(logging.logstore)\" yet; output is not kept until it is made."
            )
        }
    }
}
