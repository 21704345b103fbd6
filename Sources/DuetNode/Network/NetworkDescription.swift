internal import FabricTypes
internal import Foundation
internal import Membership

/// What a development network is to be: the names and ports of Fabric's test network where nothing else is said.
///
/// Kept as `network.json` in the data folder once the network is founded; what is in it cannot be changed afterwards, since
/// certificates and the channel's first block say the same.
package struct NetworkDescription: Codable, Hashable, Sendable {
    package struct Organization: Codable, Hashable, Sendable {
        /// Its MSP id, and the name of its group in the channel.
        package var name: String
        /// Such as `org1.example.com`.
        package var domain: String
        /// The ports of its peers, `peer0` first.
        package var peerPorts: [Int]
    }

    package static let organizationCountMax = 50
    package static let peerCountMax = 10
    static let domainSuffix = "example.com"
    static let firstPeerPort = 7051
    static let standardOrdererPort = 7050

    package var channel: String
    package var organizations: [Organization]
    package var ordererOrganization: String
    package var ordererDomain: String
    package var ordererPort: Int
    package var hasTLS: Bool

    /// - Parameters:
    ///   - organizations: names, at least one.
    ///   - peerCount: peers of each organisation.
    ///   - firstPort: of the orderer, peers follow; nil for Fabric's usual ones; 0 lets the system choose, once.
    package init(
        channel: String = "mychannel", organizations: [String] = ["Org1MSP", "Org2MSP"], peerCount: Int = 1,
        firstPort: Int? = nil, hasTLS: Bool = true
    ) throws {
        let ordererPort = firstPort ?? Self.standardOrdererPort
        let portsPerOrganization = max(2, peerCount) * 1_000
        var freePorts = ordererPort == 0 ? try FreePorts(count: 1 + organizations.count * peerCount) : nil
        self.channel = channel
        self.ordererPort = freePorts?.next() ?? ordererPort
        self.organizations = organizations.enumerated().map { index, name in
            Organization(
                name: name, domain: Self.domain(of: name),
                peerPorts: (0..<peerCount).map { peer in
                    freePorts?.next() ?? ordererPort + 1 + index * portsPerOrganization + peer * 1_000
                })
        }
        ordererOrganization = "OrdererMSP"
        ordererDomain = Self.domainSuffix
        self.hasTLS = hasTLS
    }

    /// `Org1MSP` lives at `org1.example.com`.
    static func domain(of organization: String) -> String {
        let stem = organization.hasSuffix("MSP") ? String(organization.dropLast(3)) : organization
        let label = String(
            stem.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" as Character })
        return "\(label).\(domainSuffix)"
    }

    var ordererHost: String { "orderer.\(ordererDomain)" }
    package var ordererEndpoint: String { "\(ordererHost):\(ordererPort)" }

    /// Everything that is wrong, one sentence each.
    package var problems: [String] {
        var problems: [String] = []
        if (try? ChannelID(validating: channel)) == nil {
            problems.append(
                "\"\(channel)\" is no name for a channel: it begins with a small letter and has at most 249 small letters, "
                    + "digits, dots and dashes.")
        }
        if organizations.isEmpty { problems.append("The network needs an organisation: give one with --org NAME.") }
        if organizations.count > Self.organizationCountMax {
            problems.append("A network of one process has at most \(Self.organizationCountMax) organisations.")
        }
        var domains: Set<String> = [ordererDomain]
        for organization in organizations {
            let isNamed = organization.name.utf8.allSatisfy(Self.isPartOfName) && !organization.name.isEmpty
            if !isNamed || (try? MSPID(validating: organization.name)) == nil {
                problems.append(
                    "\"\(organization.name)\" is no name for an organisation: use letters, digits, \"-\" and \".\".")
            }
            if organization.name == ordererOrganization {
                problems.append("\"\(ordererOrganization)\" is the name of the orderers' organisation: choose another.")
            }
            if !domains.insert(organization.domain).inserted {
                problems.append(
                    "The organisation \"\(organization.name)\" would live at \(organization.domain) like another one: "
                        + "choose a name that differs in letters or digits.")
            }
            if !(1...Self.peerCountMax).contains(organization.peerPorts.count) {
                problems.append(
                    "The organisation \"\(organization.name)\" has 1 to \(Self.peerCountMax) peers, not "
                        + "\(organization.peerPorts.count).")
            }
        }
        let ports = [ordererPort] + organizations.flatMap(\.peerPorts)
        for port in ports where !(1...65_535).contains(port) {
            problems.append("\(port) is no port: use 1 to 65535. Choose a lower --port.")
        }
        if Set(ports).count != ports.count { problems.append("Two nodes of the network have the same port.") }
        return problems
    }

    private static func isPartOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}
