internal import FunctionTypes

/// Rules between parts of a template that each stand well alone.
enum TemplateCrossChecks {
    static func check(_ template: Template, _ findings: TemplateFindings) {
        for service in template.services {
            for function in service.functions {
                checkTriggers(function, key: "Resources.\(service.name).\(function.name)", findings)
            }
            checkLogConfig(service, template, findings)
        }
    }

    /// Function Compute: one HTTP trigger per function and qualifier, and nothing else beside it.
    private static func checkTriggers(_ function: FunctionTemplate, key: String, _ findings: TemplateFindings) {
        let kinds = function.triggers.map(\.configuration)
        guard let http = function.triggers.first(where: { $0.configuration.isHTTP }) else { return }
        for trigger in function.triggers where !trigger.configuration.isHTTP {
            findings.refuse(
                trigger.line, "\(key).Events.\(trigger.name)", nil,
                "the function answers HTTP through \"\(http.name)\" and cannot have other triggers",
                "Move this trigger to a function of its own.")
        }
        for (index, trigger) in function.triggers.enumerated()
        where kinds[index].isHTTP
            && kinds[..<index].contains(where: { $0.isHTTP && $0.qualifier == kinds[index].qualifier })
        {
            findings.refuse(
                trigger.line, "\(key).Events.\(trigger.name)", nil,
                "there is already an HTTP trigger for \(kinds[index].qualifier)", "Keep one of the two.")
        }
    }

    private static func checkLogConfig(_ service: ServiceTemplate, _ template: Template, _ findings: TemplateFindings) {
        guard let logging = service.configuration.logging,
            let project = template.logProjects.first(where: { $0.name == logging.project }),
            !project.logstores.contains(where: { $0.name == logging.logstore })
        else { return }
        findings.refuse(
            service.line, "Resources.\(service.name).Properties.LogConfig.Logstore", logging.logstore,
            "the project \"\(project.name)\" of this template has no such logstore",
            "Add it below the project, or name one of \(project.logstores.map(\.name).joined(separator: ", ")).")
    }
}

extension TriggerConfiguration {
    var isHTTP: Bool {
        if case .http = source { true } else { false }
    }
}
