internal import FunctionTypes

/// Reads `Aliyun::Serverless::Service` and the functions in it.
struct ServiceReader {
    let findings: TemplateFindings
    let eventSources: (any EventSources)?

    func read(_ resource: inout TemplateMapping, name: String, line: Int) -> ServiceTemplate? {
        let name = TemplateMapping.check(name, as: ServiceName.self, line: line, key: resource.key, findings)
        _ = resource.member("DependsOn")
        var organization: OrganizationName?
        var configuration = ServiceConfiguration()
        if var properties = resource.mapping("Properties") {
            organization = properties.checked(OrganizationName.self, "Organization")
            readProperties(&properties, into: &configuration)
            properties.refuseRest()
        }
        var functions: [FunctionTemplate] = []
        for child in resource.rest {
            if let function = FunctionReader(findings: findings, eventSources: eventSources)
                .read(child, parentKey: resource.key)
            {
                functions.append(function)
            }
        }
        return name.map {
            ServiceTemplate(
                name: $0, line: line, organization: organization, configuration: configuration, functions: functions)
        }
    }

    private func readProperties(_ properties: inout TemplateMapping, into configuration: inout ServiceConfiguration) {
        configuration.description = properties.text("Description")
        configuration.role =
            properties.withoutEffect("Role", because: "there are no roles of a cloud account")?.stringValue
        _ = properties.withoutEffect("Policies", because: "there are no roles of a cloud account")
        configuration.allowsInternetAccess = properties.boolean("InternetAccess", standard: true)
        configuration.vpcConfig = properties.withoutEffect("VpcConfig", because: "there is no private cloud network")
        configuration.nasConfig = properties.withoutEffect(
            "NasConfig", because: "there is no network storage of a cloud")
        configuration.tracingConfig = properties.withoutEffect(
            "TracingConfig", because: "there is no tracing service of a cloud")
        if let auto = properties.member("LogConfig"), let word = auto.text {
            if word == "Auto" {
                configuration.logging = .automatic
            } else {
                findings.refuse(
                    auto.line, properties.path("LogConfig"), word, "it must be Auto or a map with Project and Logstore",
                    "Write \"LogConfig: Auto\", or name the two.")
            }
        } else if var logging = properties.mapping("LogConfig") {
            let project = logging.text("Project", isRequired: true)
            let logstore = logging.text("Logstore", isRequired: true)
            let requestMetrics = logging.boolean("EnableRequestMetrics", standard: false)
            let instanceMetrics = logging.boolean("EnableInstanceMetrics", standard: false)
            logging.refuseRest()
            if let project, let logstore {
                configuration.logging = LogConfiguration(
                    project: project, logstore: logstore, requestMetrics: requestMetrics,
                    instanceMetrics: instanceMetrics)
            }
        }
    }
}
