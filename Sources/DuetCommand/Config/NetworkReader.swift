internal import DuetNode
internal import FunctionCore
internal import NodeHTTP

/// Reads the `network` of `duet.yaml`.
struct NetworkReader {
    let findings: TemplateFindings

    private static let portRange = 1...65_535
    private static let batchByteCountRange = 1...(99 << 20)

    func read(_ map: inout TemplateMapping, into settings: inout UpSettings) {
        settings.hasNetwork = map.boolean("enabled")
        settings.network.channel = map.text("channel")
        settings.network.organizations = organizations(&map)
        settings.network.peerCount = map.integer("peers", in: 1...NetworkDescription.peerCountMax, unit: "peers")
        settings.network.hasTLS = map.boolean("tls")
        settings.network.capability = map.choice("capability", of: NetworkDescription.capabilities)
        if var orderer = map.mapping("orderer") {
            settings.network.ordererOrganization = orderer.text("organization")
            settings.network.ordererDomain = orderer.text("domain")
            settings.network.port = orderer.integer("port", in: 0...65_535, unit: "")
            settings.network.adminPort = orderer.integer("adminPort", in: Self.portRange, unit: "")
            orderer.refuseRest()
        }
        if var batch = map.mapping("batch") {
            settings.network.batch.timeout = batch.text("timeout")
            settings.network.batch.maxMessageCount = batch.integer(
                "maxMessageCount", in: 1...Int(Int32.max), unit: "transactions")
            settings.network.batch.absoluteMaxBytes = batch.integer(
                "absoluteMaxBytes", in: Self.batchByteCountRange, unit: "bytes")
            settings.network.batch.preferredMaxBytes = batch.integer(
                "preferredMaxBytes", in: Self.batchByteCountRange, unit: "bytes")
            batch.refuseRest()
        }
        settings.bind = map.text("bind")
        settings.demandsClientCertificates = map.boolean("mutualTLS")
        settings.contracts = contracts(&map)
    }

    private func organizations(_ map: inout TemplateMapping) -> [NetworkRequest.Organization] {
        guard let elements = map.list("organizations") else { return [] }
        return elements.enumerated().compactMap { index, element in
            if let name = element.text { return NetworkRequest.Organization(name: name) }
            let key = "\(map.path("organizations"))[\(index)]"
            guard var item = TemplateMapping(element, key: key, findings: findings) else { return nil }
            let name = item.text("name", isRequired: true)
            let domain = item.text("domain")
            let count = item.integer("peers", in: 1...NetworkDescription.peerCountMax, unit: "peers")
            let ports = ports(&item)
            if let count, let ports, count != ports.count {
                findings.refuse(
                    element.line, item.path("peers"), "\(count)", "there are \(ports.count) ports",
                    "Name a port for each peer, or leave \"peers\" away.")
            }
            item.refuseRest()
            return name.map { NetworkRequest.Organization(name: $0, domain: domain, peerCount: count, ports: ports) }
        }
    }

    private func ports(_ item: inout TemplateMapping) -> [Int]? {
        guard let elements = item.list("ports") else { return nil }
        let ports = elements.compactMap { element -> Int? in
            if let port = element.integer, Self.portRange.contains(port) { return port }
            findings.refuse(
                element.line, item.path("ports"), element.shown, "it is no port", "Write a number from 1 to 65535.")
            return nil
        }
        return ports.count == elements.count ? ports : nil
    }

    private func contracts(_ map: inout TemplateMapping) -> [ContractDeployment]? {
        guard let elements = map.list("contracts") else { return nil }
        return elements.enumerated().compactMap { index, element in
            if let name = element.text { return ContractDeployment(name: name) }
            let key = "\(map.path("contracts"))[\(index)]"
            guard var item = TemplateMapping(element, key: key, findings: findings) else { return nil }
            let deployment = item.text("name", isRequired: true).map { name in
                ContractDeployment(
                    name: name, policy: item.text("policy"), isInitRequired: item.boolean("initRequired") ?? false)
            }
            item.refuseRest()
            return deployment
        }
    }
}
