internal import FunctionTypes

/// Reads `Aliyun::Serverless::CustomDomain`.
struct CustomDomainReader {
    let findings: TemplateFindings

    func read(_ resource: inout TemplateMapping, name: String, line: Int) -> CustomDomainTemplate? {
        guard var properties = resource.mapping("Properties", isRequired: true) else { return nil }
        let text = properties.text("DomainName") ?? name
        let domain = TemplateMapping.check(text, as: CustomDomainName.self, line: line, key: resource.key, findings)
        let protocolText = properties.choice("Protocol", of: ["HTTP", "HTTP,HTTPS"], isRequired: true)
        var certificateName: String?
        if var certificate = properties.mapping("CertConfig") {
            certificateName = certificate.text("CertName")
            _ = certificate.withoutEffect("PrivateKey", because: "the listener has a certificate of its own")
            _ = certificate.withoutEffect("Certificate", because: "the listener has a certificate of its own")
            certificate.refuseRest()
        }
        var routes: [CustomDomainConfiguration.Route] = []
        if var routeConfig = properties.mapping("RouteConfig", isRequired: true) {
            let name = routeConfig.node["Routes"] == nil && routeConfig.node["routes"] != nil ? "routes" : "Routes"
            if let map = routeConfig.mapping(name, isRequired: true) {
                routes = map.rest.compactMap { readRoute($0, parentKey: map.key) }
            }
            routeConfig.refuseRest()
        }
        properties.refuseRest()
        resource.refuseRest()
        guard let domain, let protocolText else { return nil }
        return CustomDomainTemplate(
            name: domain, line: line,
            configuration: CustomDomainConfiguration(
                protocolText: protocolText, routes: routes, certificateName: certificateName))
    }

    private func readRoute(_ entry: TemplateNode.Entry, parentKey: String) -> CustomDomainConfiguration.Route? {
        let key = "\(parentKey).\(entry.key)"
        if !entry.key.hasPrefix("/") {
            findings.refuse(
                entry.keyLine, key, entry.key, "a path must begin with \"/\"", "Write it with a \"/\" in front.")
        }
        guard var route = TemplateMapping(entry.value, key: key, findings: findings) else { return nil }
        let service = route.checked(ServiceName.self, "ServiceName", isRequired: true)
        let function = route.checked(FunctionName.self, "FunctionName", isRequired: true)
        let text = route.text("Qualifier", standard: "LATEST")
        route.refuseRest()
        guard let qualifier = try? Qualifier(validating: text) else {  // noted right here
            findings.refuse(
                entry.keyLine, "\(key).Qualifier", text, "it is no qualifier", "Write LATEST, a number or an alias.")
            return nil
        }
        guard let service, let function else { return nil }
        return CustomDomainConfiguration.Route(
            path: entry.key, service: service, function: function, qualifier: qualifier)
    }
}
