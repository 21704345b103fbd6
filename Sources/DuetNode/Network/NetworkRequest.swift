/// What somebody asks of a network: what a new one is to be, and what one that is there must be.
///
/// Nil and empty where nothing is said: a new network then has what Fabric's test network has, and one that is there is
/// taken as it is.
package struct NetworkRequest: Hashable, Sendable {
    package struct Organization: Hashable, Sendable {
        /// Its MSP id.
        package var name: String
        package var domain: String?
        package var peerCount: Int?
        /// Of its peers, `peer0` first. Says how many there are.
        package var ports: [Int]?

        package init(name: String, domain: String? = nil, peerCount: Int? = nil, ports: [Int]? = nil) {
            self.name = name
            self.domain = domain
            self.peerCount = peerCount
            self.ports = ports
        }
    }

    package var channel: String?
    package var organizations: [Organization] = []
    /// Peers of each organisation that does not say it itself.
    package var peerCount: Int?
    package var ordererOrganization: String?
    package var ordererDomain: String?
    /// Of the orderer; peers that have none of their own follow. 0 lets the system choose all of them, once.
    package var port: Int?
    package var adminPort: Int?
    package var hasTLS: Bool?
    package var batch = Batch()
    /// Of the channel: `V2_0` or `V3_0`.
    package var capability: String?

    /// Bounds of the channel's blocks.
    package struct Batch: Hashable, Sendable {
        package var maxMessageCount: Int?
        /// Bytes.
        package var absoluteMaxBytes: Int?
        /// Bytes.
        package var preferredMaxBytes: Int?
        /// As Go writes durations.
        package var timeout: String?

        package init() {}
    }

    package init() {}

    /// What is asked for and is otherwise in a network that is there: the thing, what was asked, what is there.
    func differences(from founded: NetworkDescription) -> [(what: String, asked: String, there: String)] {
        var differences: [(what: String, asked: String, there: String)] = []
        func check<Value: Equatable>(_ what: String, _ asked: Value?, _ there: Value) {
            guard let asked, asked != there else { return }
            differences.append((what, "\(asked)", "\(there)"))
        }
        check("channel", channel, founded.channel)
        if !organizations.isEmpty {
            let names = organizations.map(\.name).sorted().joined(separator: ", ")
            check("organisations", names, founded.organizations.map(\.name).sorted().joined(separator: ", "))
        }
        for organization in founded.organizations {
            let asked = organizations.first { $0.name == organization.name }
            check("domain of \(organization.name)", asked?.domain, organization.domain)
            check("ports of \(organization.name)", asked?.ports, organization.peerPorts)
            let count = asked?.ports?.count ?? asked?.peerCount ?? peerCount
            check("number of peers of \(organization.name)", count, organization.peerPorts.count)
        }
        check("orderer's organisation", ordererOrganization, founded.ordererOrganization)
        check("orderer's domain", ordererDomain, founded.ordererDomain)
        // 0 has let the system choose; what it chose stays.
        check("orderer's port", port == 0 ? nil : port, founded.ordererPort)
        check("orderer's admin port", adminPort == 0 ? nil : adminPort, founded.ordererAdminPort)
        check("TLS", hasTLS.map { $0 ? "on" : "off" }, founded.hasTLS ? "on" : "off")
        let there = founded.batchInForce
        check("batch.maxMessageCount", batch.maxMessageCount, there.maxMessageCount)
        check("batch.absoluteMaxBytes", batch.absoluteMaxBytes, there.absoluteMaxBytes)
        check("batch.preferredMaxBytes", batch.preferredMaxBytes, there.preferredMaxBytes)
        check("batch.timeout", batch.timeout, there.timeout)
        check("capability", capability, founded.capabilityInForce)
        return differences
    }
}
