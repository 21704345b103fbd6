internal import DuetNode
internal import Foundation
internal import FunctionCore
internal import FunctionSandbox
internal import Logging
internal import NodeHTTP
internal import TriggerService

/// Reads the settings of `duet.yaml`, noting everything that is wrong with its line.
struct ConfigurationReader {
    /// Paths in the file count from here.
    let folder: String
    let findings: TemplateFindings

    static let messageByteCountRange = 65_536...(1 << 30)
    static let connectionCountRange = 1...1_000_000
    static let rateRange = 1...1_000_000
    static let timeoutRange = 1...3_600

    func read(_ node: TemplateNode) -> UpSettings {
        var settings = UpSettings()
        guard var root = TemplateMapping(node, key: "", findings: findings) else { return settings }
        settings.data = path(root.text("data"))
        settings.listen = addresses(&root)
        settings.hostNames = texts(&root, "hostNames")
        settings.organization = root.text("organization")
        settings.needsKey = root.boolean("requireKey")
        settings.sandbox = root.choice("sandbox", of: Confinement.Setting.allCases.map(\.rawValue))
            .flatMap { Confinement.Setting(rawValue: $0) }
        settings.isInsecureAllowed = root.boolean("insecure")
        settings.logLevel = root.choice("logLevel", of: Logger.Level.allCases.map(\.rawValue))
            .flatMap { Logger.Level(rawValue: $0) }
        if var tls = root.mapping("tls") {
            let certificate = path(tls.text("certificate", isRequired: true))
            let key = path(tls.text("key", isRequired: true))
            if let certificate, let key { settings.tls = .init(certificate: certificate, key: key) }
            tls.refuseRest()
        }
        if var network = root.mapping("network") {
            NetworkReader(findings: findings).read(&network, into: &settings)
            network.refuseRest()
        }
        if var gateway = root.mapping("gateway") {
            settings.abortStale = gateway.boolean("abortStale")
            settings.endorsementTimeoutSeconds = gateway.integer(
                "endorsementTimeout", in: Self.timeoutRange, unit: "seconds")
            settings.identityCallsPerSecond = gateway.integer(
                "identityCallsPerSecond", in: Self.rateRange, unit: "calls")
            settings.organizationCallsPerSecond = gateway.integer(
                "organizationCallsPerSecond", in: Self.rateRange, unit: "calls")
            gateway.refuseRest()
        }
        if var limits = root.mapping("limits") {
            settings.messageByteCountMax = limits.integer(
                "messageBytes", in: Self.messageByteCountRange, unit: "bytes")
            settings.connectionCountMax = limits.integer(
                "connections", in: Self.connectionCountRange, unit: "connections")
            limits.refuseRest()
        }
        if var tracing = root.mapping("tracing") {
            read(&tracing, into: &settings)
            tracing.refuseRest()
        }
        root.refuseRest()
        return settings
    }

    private func read(_ tracing: inout TemplateMapping, into settings: inout UpSettings) {
        settings.tracingEndpoint = tracing.text("endpoint")
        settings.tracingEncoding = tracing.choice(
            "protocol", of: HTTPSpanCollector.Encoding.allCases.map(\.rawValue)
        ).flatMap { HTTPSpanCollector.Encoding(rawValue: $0) }
        settings.tracingServiceName = tracing.text("serviceName")
        settings.tracingHeaders = tracing.list("headers").map { elements in
            var headers: [String: String] = [:]
            for element in elements {
                let parts = (element.text ?? "").split(separator: ":", maxSplits: 1)
                    .map { $0.trimmingCharacters(in: .whitespaces) }
                guard parts.count == 2 else {
                    // What stands there may be a key: it is not repeated.
                    findings.refuse(
                        element.line, tracing.path("headers"), nil, "a header has no name",
                        "Write 'Name: value', such as 'Authorization: Bearer …'.")
                    continue
                }
                headers[parts[0]] = parts[1]
            }
            return headers
        }
    }

    private func path(_ text: String?) -> String? {
        guard let text, !text.isEmpty else { return nil }
        return text.hasPrefix("/") || folder.isEmpty || folder == "." ? text : "\(folder)/\(text)"
    }

    private func addresses(_ root: inout TemplateMapping) -> [ListenerConfiguration.Address]? {
        guard let node = root.member("listen") else { return nil }
        var addresses: [ListenerConfiguration.Address] = []
        // One address may stand there without a list.
        for element in node.elements ?? [node] {
            guard let address = element.text.flatMap({ ListenerConfiguration.Address($0) }) else {
                findings.refuse(
                    element.line, root.path("listen"), element.shown, "it is no address",
                    "Write host:port, such as 127.0.0.1:8080.")
                continue
            }
            addresses.append(address)
        }
        if node.elements?.isEmpty == true {
            findings.refuse(
                node.line, root.path("listen"), nil, "the list is empty", "Name an address such as 127.0.0.1:8080.")
        }
        return addresses.isEmpty ? nil : addresses
    }

    private func texts(_ root: inout TemplateMapping, _ name: String) -> [String]? {
        root.list(name)?.compactMap { element in
            if let text = element.text { return text }
            findings.refuse(element.line, root.path(name), element.shown, "it must be a text", "Write one name.")
            return nil
        }
    }
}
