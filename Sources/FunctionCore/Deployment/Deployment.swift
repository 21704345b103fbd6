package import FunctionTypes

/// A checked template on its way into the registry.
///
/// Pure: applied to a copy of the registry it either changes all that the template asks for or throws; applying it again changes
/// nothing. What the registry has and the template does not name stays, as with the original tool.
package struct Deployment: Sendable {
    package var template: Template
    /// Where services go that name no organisation of their own: into each of these.
    package var organizations: [OrganizationName]
    /// The stored code of each function with a `CodeUri`.
    package var codes: [CodeKey: CodeReference]
    /// Who may approve contracts of the template; nil for every organisation that the node keeps keys of.
    package var ledgerOrganizations: Set<OrganizationName>?

    /// A function as the template names it.
    package struct CodeKey: Hashable, Sendable {
        package var service: ServiceName
        package var function: FunctionName

        package init(service: ServiceName, function: FunctionName) {
            self.service = service
            self.function = function
        }
    }

    package init(template: Template, organizations: [OrganizationName], codes: [CodeKey: CodeReference]) {
        self.template = template
        self.organizations = organizations
        self.codes = codes
    }

    /// Every organisation that the deployment touches.
    package var organizationsTouched: Set<OrganizationName> {
        var touched: Set<OrganizationName> = []
        for service in template.services {
            if let own = service.organization { touched.insert(own) } else { touched.formUnion(organizations) }
        }
        if !template.customDomains.isEmpty { touched.formUnion(organizations.prefix(1)) }
        return touched
    }

    package func apply(
        to registry: inout Registry, _ occasion: Registry.Occasion
    ) throws(FunctionError) -> [PlannedChange] {
        var plan: [PlannedChange] = []
        for service in template.services {
            for organization in service.organization.map({ [$0] }) ?? organizations {
                try apply(service, organization, &registry, &plan, occasion)
            }
        }
        for domain in template.customDomains {
            guard let organization = organizations.first else { continue }
            try apply(domain, organization, &registry, &plan, occasion)
        }
        return plan
    }

    private func apply(
        _ template: ServiceTemplate, _ organization: OrganizationName, _ registry: inout Registry,
        _ plan: inout [PlannedChange], _ occasion: Registry.Occasion
    ) throws(FunctionError) {
        let name = template.name
        if let existing = registry.services[organization]?[name] {
            let details = DifferenceText.details(
                from: existing.configuration.json, to: template.configuration.json)
            _ = try registry.updateService(organization, name, occasion) { configuration throws(FunctionError) in
                configuration = template.configuration
            }
            plan.append(
                PlannedChange(
                    details.isEmpty ? .unchanged : .update, organization: organization, kind: "service",
                    name: name.rawValue, details: details))
        } else {
            _ = try registry.createService(organization, name, template.configuration, occasion)
            plan.append(PlannedChange(.create, organization: organization, kind: "service", name: name.rawValue))
        }
        for function in template.functions {
            let id = FunctionID(organization: organization, service: name, function: function.name)
            try apply(function, id, &registry, &plan, occasion)
        }
        let named = Set(template.functions.map(\.name))
        for function in try registry.service(organization, name).functions.keys.sorted() where !named.contains(function)
        {
            plan.append(
                PlannedChange(.left, organization: organization, kind: "function", name: "\(name)/\(function)"))
        }
    }

    private func apply(
        _ template: FunctionTemplate, _ id: FunctionID, _ registry: inout Registry, _ plan: inout [PlannedChange],
        _ occasion: Registry.Occasion
    ) throws(FunctionError) {
        var configuration = template.configuration
        configuration.code = codes[CodeKey(service: id.service, function: id.function)]
        let path = "\(id.service)/\(id.function)"
        if let existing = registry.services[id.organization]?[id.service]?.functions[id.function] {
            if configuration.code == nil { configuration.code = existing.configuration.code }
            // The same files may come in another archive.
            if let old = existing.configuration.code, old.digest == configuration.code?.digest {
                configuration.code = old
            }
            let details = DifferenceText.details(from: existing.configuration.json, to: configuration.json)
            _ = try registry.updateFunction(id, occasion) { $0 = configuration }
            plan.append(
                PlannedChange(
                    details.isEmpty ? .unchanged : .update, organization: id.organization, kind: "function", name: path,
                    details: details))
        } else {
            _ = try registry.createFunction(id, configuration, occasion)
            plan.append(PlannedChange(.create, organization: id.organization, kind: "function", name: path))
        }
        let target = FunctionTarget(id)
        if let async = template.asyncConfiguration {
            _ = try registry.putAsyncConfiguration(target, async, occasion)
        }
        if let count = template.instanceCountMax {
            _ = try registry.putOnDemand(target, instanceCountMax: count, occasion)
        }
        for trigger in template.triggers {
            try apply(trigger, id, &registry, &plan, occasion)
        }
        let named = Set(template.triggers.map(\.name))
        for name in try registry.function(id).triggers.keys.sorted() where !named.contains(name) {
            plan.append(
                PlannedChange(.left, organization: id.organization, kind: "trigger", name: "\(path)/\(name)"))
        }
    }

    private func apply(
        _ template: TriggerTemplate, _ id: FunctionID, _ registry: inout Registry, _ plan: inout [PlannedChange],
        _ occasion: Registry.Occasion
    ) throws(FunctionError) {
        let path = "\(id.service)/\(id.function)/\(template.name)"
        let existing = try registry.function(id).triggers[template.name]
        if let existing, existing.configuration.source.typeName == template.configuration.source.typeName {
            let details = DifferenceText.details(
                from: existing.configuration.json, to: template.configuration.json)
            _ = try registry.updateTrigger(id, template.name, occasion) { configuration throws(FunctionError) in
                configuration = template.configuration
            }
            plan.append(
                PlannedChange(
                    details.isEmpty ? .unchanged : .update, organization: id.organization, kind: "trigger", name: path,
                    details: details))
            return
        }
        if existing != nil { try registry.deleteTrigger(id, template.name) }
        _ = try registry.createTrigger(id, template.name, template.configuration, occasion)
        let details = existing.map {
            ["type: \($0.configuration.source.typeName) → \(template.configuration.source.typeName)"]
        }
        plan.append(
            PlannedChange(
                existing == nil ? .create : .update, organization: id.organization, kind: "trigger", name: path,
                details: details ?? []))
    }

    private func apply(
        _ template: CustomDomainTemplate, _ organization: OrganizationName, _ registry: inout Registry,
        _ plan: inout [PlannedChange], _ occasion: Registry.Occasion
    ) throws(FunctionError) {
        let name = template.name.rawValue
        if let existing = registry.domains[template.name], existing.organization == organization {
            let details = DifferenceText.details(from: existing.configuration.json, to: template.configuration.json)
            _ = try registry.updateDomain(organization, template.name, occasion) {
                configuration throws(FunctionError) in
                configuration = template.configuration
            }
            plan.append(
                PlannedChange(
                    details.isEmpty ? .unchanged : .update, organization: organization, kind: "customDomain",
                    name: name,
                    details: details))
        } else {
            _ = try registry.createDomain(organization, template.name, template.configuration, occasion)
            plan.append(PlannedChange(.create, organization: organization, kind: "customDomain", name: name))
        }
    }
}
