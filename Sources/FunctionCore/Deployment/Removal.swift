package import FunctionTypes

/// Takes out of the registry what a template names.
package struct Removal: Sendable {
    package var template: Template
    package var organizations: [OrganizationName]

    package init(template: Template, organizations: [OrganizationName]) {
        self.template = template
        self.organizations = organizations
    }

    /// Removes the functions and domains of the template, and its services if nothing else is left in them.
    ///
    /// - Throws: `ServiceNotEmpty` if a service has versions or aliases, which are somebody's explicit decision.
    package func apply(to registry: inout Registry) throws(FunctionError) -> [PlannedChange] {
        var plan: [PlannedChange] = []
        for service in template.services {
            for organization in service.organization.map({ [$0] }) ?? organizations {
                try remove(service, organization, &registry, &plan)
            }
        }
        for domain in template.customDomains {
            guard let organization = organizations.first, registry.domains[domain.name]?.organization == organization
            else { continue }
            try registry.deleteDomain(organization, domain.name)
            plan.append(
                PlannedChange(.remove, organization: organization, kind: "customDomain", name: domain.name.rawValue))
        }
        return plan
    }

    private func remove(
        _ template: ServiceTemplate, _ organization: OrganizationName, _ registry: inout Registry,
        _ plan: inout [PlannedChange]
    ) throws(FunctionError) {
        guard let existing = registry.services[organization]?[template.name] else { return }
        for function in template.functions {
            guard let record = existing.functions[function.name] else { continue }
            let id = FunctionID(organization: organization, service: template.name, function: function.name)
            for trigger in record.triggers.keys.sorted() {
                try registry.deleteTrigger(id, trigger)
                plan.append(
                    PlannedChange(
                        .remove, organization: organization, kind: "trigger",
                        name: "\(template.name)/\(function.name)/\(trigger)"))
            }
            try registry.deleteFunction(id)
            plan.append(
                PlannedChange(
                    .remove, organization: organization, kind: "function", name: "\(template.name)/\(function.name)"))
        }
        let rest = try registry.service(organization, template.name)
        let isOthersToo = !rest.functions.isEmpty
        if isOthersToo {
            plan.append(
                PlannedChange(
                    .left, organization: organization, kind: "service", name: template.name.rawValue,
                    details: ["functions of other templates: \(rest.functions.count)"]))
            return
        }
        try registry.deleteService(organization, template.name)
        plan.append(PlannedChange(.remove, organization: organization, kind: "service", name: template.name.rawValue))
    }
}
