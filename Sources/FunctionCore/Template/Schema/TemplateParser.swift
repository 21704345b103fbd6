package import FunctionTypes

/// Reads a whole template into checked values, or refuses it with every problem it has.
///
/// Pure: works on the text alone. Source: the `Aliyun::Serverless-2018-04-03` transform, with our `Organization`.
package struct TemplateParser {
    /// What the deployment gives besides the text.
    package struct Options: Sendable {
        /// The organisation of services that name none.
        package var organization: OrganizationName
        package var region = "local"
        package var parameters: [String: String] = [:]
        /// Events besides HTTP, timers and logs.
        package var eventSources: (any EventSources)?

        package init(organization: OrganizationName) {
            self.organization = organization
        }
    }

    private let options: Options
    private let findings: TemplateFindings

    /// - Parameter keys: filled with the keys that are asked for.
    /// - Throws: ``InvalidTemplate``.
    package static func parse(
        _ bytes: [UInt8], options: Options, noting keys: SettingKeys? = nil
    ) throws(InvalidTemplate) -> Template {
        let root = try YAMLReader.read(bytes)
        return try TemplateParser(options: options, keys: keys).parse(root)
    }

    private init(options: Options, keys: SettingKeys?) {
        self.options = options
        findings = TemplateFindings(keys: keys)
    }

    private func parse(_ root: TemplateNode) throws(InvalidTemplate) -> Template {
        var template = Template()
        guard var top = TemplateMapping(root, key: "", findings: findings) else {
            throw InvalidTemplate(problems: findings.problems)
        }
        readHeader(&top)
        template.description = top.text("Description")
        let resources = resolveResources(&top)
        if top.member("Outputs") != nil {
            findings.notice(top.node["Outputs"]?.line ?? 0, "Outputs", "Outputs are not computed here.")
        }
        refuseGlobals(&top)
        top.refuseRest()
        for entry in resources?.rest ?? [] {
            readResource(entry, into: &template)
        }
        TemplateCrossChecks.check(template, findings)
        guard findings.problems.isEmpty else { throw InvalidTemplate(problems: findings.problems) }
        template.notices = findings.notices.sorted { ($0.line, $0.key) < ($1.line, $1.key) }
        return template
    }

    private func readHeader(_ top: inout TemplateMapping) {
        _ = top.choice("ROSTemplateFormatVersion", of: ["2015-09-01"], isRequired: true)
        _ = top.choice("Transform", of: ["Aliyun::Serverless-2018-04-03"], isRequired: true)
    }

    private func refuseGlobals(_ top: inout TemplateMapping) {
        guard let globals = top.member("Globals") else { return }
        findings.refuse(
            globals.line, "Globals", nil, "this section belongs to another cloud's templates",
            "Write the properties at each function; YAML's \"&name\" and \"<<: *name\" save repeating them.")
    }

    /// The `Resources` map with parameters and functions replaced and conditions applied.
    private func resolveResources(_ top: inout TemplateMapping) -> TemplateMapping? {
        let parameters = TemplateParameters(section: top.member("Parameters"), given: options.parameters)
        findings.add(parameters.problems)
        for key in parameters.uncheckedKeys {
            findings.notice(0, key, "Patterns are not checked here.")
        }
        let mappings = top.member("Mappings")
        let conditions = top.member("Conditions")
        guard let resources = top.member("Resources", isRequired: true), let entries = resources.entries else {
            if let node = top.node["Resources"], !node.isNull {
                findings.refuse(node.line, "Resources", node.shown, "it must be a map", "Write one entry per service.")
            }
            return nil
        }
        if entries.isEmpty {
            findings.refuse(resources.line, "Resources", nil, "it is empty", "Write at least one resource.")
        }
        // With a parameter in doubt every reference to it would be reported as well.
        guard parameters.problems.isEmpty else { return nil }
        var resolver = TemplateResolver(
            parameters: parameters.values, mappings: mappings, conditions: conditions,
            surroundings: .init(
                organization: options.organization.rawValue, region: options.region,
                attributes: TemplateAttributes.collect(resources, options: options)))
        var kept: [TemplateNode.Entry] = []
        for entry in entries {
            if let condition = entry.value["Condition"]?.text,
                !resolver.holds(condition, line: entry.keyLine, key: "Resources.\(entry.key).Condition")
            {
                continue
            }
            if let value = resolver.resolve(entry.value, key: "Resources.\(entry.key)") {
                kept.append(.init(key: entry.key, keyLine: entry.keyLine, value: value))
            }
        }
        findings.add(resolver.problems)
        return TemplateMapping(TemplateNode(.mapping(kept), line: resources.line), key: "Resources", findings: findings)
    }

    private func readResource(_ entry: TemplateNode.Entry, into template: inout Template) {
        let key = "Resources.\(entry.key)"
        guard var resource = TemplateMapping(entry.value, key: key, findings: findings) else { return }
        guard let type = resource.text("Type", isRequired: true) else { return }
        _ = resource.member("Condition")
        switch type {
        case "Aliyun::Serverless::Service":
            let reader = ServiceReader(findings: findings, eventSources: options.eventSources)
            if let service = reader.read(&resource, name: entry.key, line: entry.keyLine) {
                template.services.append(service)
            }
        case "Aliyun::Serverless::Log":
            if let project = LogProjectReader(findings: findings).read(&resource, name: entry.key, line: entry.keyLine)
            {
                template.logProjects.append(project)
            }
        case "Aliyun::Serverless::CustomDomain":
            if let domain = CustomDomainReader(findings: findings).read(&resource, name: entry.key, line: entry.keyLine)
            {
                template.customDomains.append(domain)
            }
        case LedgerChannelReader.type:
            template.ledgerChannels.append(
                LedgerChannelReader(findings: findings).read(&resource, name: entry.key, line: entry.keyLine))
        case LedgerChannelReader.contractType:
            findings.refuse(
                entry.keyLine, key, type, "a contract must stand inside a channel",
                "Indent it below a \"\(LedgerChannelReader.type)\", beside its Properties.")
        case "Aliyun::Serverless::Api", "Aliyun::Serverless::TableStore", "Aliyun::Serverless::MNSTopic",
            "Aliyun::Serverless::Flow":
            findings.notice(entry.keyLine, key, "It has no effect here: \"\(type)\" is a service of the cloud.")
        case "Aliyun::Serverless::Function":
            findings.refuse(
                entry.keyLine, key, type, "a function must stand inside a service",
                "Indent it below an \"Aliyun::Serverless::Service\", beside its Properties.")
        default:
            findings.refuse(
                entry.value["Type"]?.line ?? entry.keyLine, "\(key).Type", type, "this type of resource is not known",
                "Use Aliyun::Serverless::Service, …::Log, …::CustomDomain or \(LedgerChannelReader.type).")
        }
    }
}
