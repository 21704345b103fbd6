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

    /// Bounds of the channel's blocks as it was founded; config updates change them in the channel alone.
    package struct Batch: Codable, Hashable, Sendable {
        package var maxMessageCount = 500
        package var absoluteMaxBytes = 10 << 20
        package var preferredMaxBytes = 2 << 20
        package var timeout = "2s"
    }

    package static let organizationCountMax = 50
    package static let peerCountMax = 10
    package static let standardOrganizations = ["Org1MSP", "Org2MSP"]
    package static let standardChannel = "mychannel"
    package static let standardOrdererOrganization = "OrdererMSP"
    package static let standardOrdererPort = 7050
    package static let capabilities = ["V2_0", "V3_0"]
    package static let domainSuffix = "example.com"
    /// Orderers refuse messages that are larger, as Fabric's.
    static let batchByteCountMax = 99 << 20

    package var channel: String
    package var organizations: [Organization]
    package var ordererOrganization: String
    package var ordererDomain: String
    package var ordererPort: Int
    package var hasTLS: Bool
    /// Nil: as usual. So are the batch and the capability.
    private var adminPort: Int?
    private var batch: Batch?
    private var capability: String?

    /// For `osnadmin`.
    package var ordererAdminPort: Int { adminPort ?? ordererPort + 3 }
    package var batchInForce: Batch { batch ?? Batch() }
    /// Of the channel; the orderer's and the application's follow from it.
    package var capabilityInForce: String { capability ?? Self.capabilities[0] }

    /// - Throws: ``NodeConfigurationError`` where the system is to choose ports and has none.
    package init(_ request: NetworkRequest = NetworkRequest()) throws {
        let asked =
            request.organizations.isEmpty
            ? Self.standardOrganizations.map { NetworkRequest.Organization(name: $0) } : request.organizations
        let counts = asked.map { max(0, min($0.ports?.count ?? $0.peerCount ?? request.peerCount ?? 1, 100_000)) }
        let first = request.port ?? Self.standardOrdererPort
        let portsPerOrganization = max(2, counts.max() ?? 1) * 1_000
        var freePorts =
            first == 0 ? try FreePorts(count: 2 + min(counts.reduce(0, +), Self.organizationCountMax * 10)) : nil
        channel = request.channel ?? Self.standardChannel
        ordererOrganization = request.ordererOrganization ?? Self.standardOrdererOrganization
        ordererDomain = request.ordererDomain ?? Self.domainSuffix
        ordererPort = freePorts?.next() ?? first
        adminPort = request.adminPort ?? freePorts?.next()
        hasTLS = request.hasTLS ?? true
        organizations = zip(asked, counts).enumerated().map { index, item in
            let (organization, count) = item
            return Organization(
                name: organization.name, domain: organization.domain ?? Self.domain(of: organization.name),
                peerPorts: organization.ports
                    ?? (0..<count).map { peer in
                        freePorts?.next() ?? first + 1 + index * portsPerOrganization + peer * 1_000
                    })
        }
        if request.batch != NetworkRequest.Batch() {
            let usual = Batch()
            batch = Batch(
                maxMessageCount: request.batch.maxMessageCount ?? usual.maxMessageCount,
                absoluteMaxBytes: request.batch.absoluteMaxBytes ?? usual.absoluteMaxBytes,
                preferredMaxBytes: request.batch.preferredMaxBytes ?? usual.preferredMaxBytes,
                timeout: request.batch.timeout ?? usual.timeout)
        }
        capability = request.capability
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
        if organizations.isEmpty { problems.append("The network needs an organisation: name one.") }
        if organizations.count > Self.organizationCountMax {
            problems.append("A network of one process has at most \(Self.organizationCountMax) organisations.")
        }
        if !Self.isNameOfOrganization(ordererOrganization) {
            problems.append(
                "\"\(ordererOrganization)\" is no name for an organisation: use letters, digits, \"-\" and \".\".")
        }
        for domain in [ordererDomain] + organizations.map(\.domain) where !Self.isDomain(domain) {
            problems.append(
                "\"\(domain)\" is no domain: use small letters, digits, \"-\" and \".\", such as org1.example.com.")
        }
        var domains: Set<String> = [ordererDomain]
        var names: Set<String> = []
        for organization in organizations {
            if !Self.isNameOfOrganization(organization.name) {
                problems.append(
                    "\"\(organization.name)\" is no name for an organisation: use letters, digits, \"-\" and \".\".")
            }
            if organization.name == ordererOrganization {
                problems.append("\"\(ordererOrganization)\" is the name of the orderers' organisation: choose another.")
            }
            if !names.insert(organization.name).inserted {
                problems.append("The organisation \"\(organization.name)\" is named twice: name it once.")
            } else if !domains.insert(organization.domain).inserted {
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
        return problems + portProblems + batchProblems
    }

    private var portProblems: [String] {
        let ports = [ordererPort, ordererAdminPort] + organizations.flatMap(\.peerPorts)
        var problems: [String] = []
        var seen: Set<Int> = []
        for port in ports {
            if !(1...65_535).contains(port) {
                problems.append("\(port) is no port: use 1 to 65535. Choose a lower first port, or name the ports.")
            } else if !seen.insert(port).inserted {
                problems.append("Two listeners of the network have the port \(port): give each its own.")
            }
        }
        return problems
    }

    private var batchProblems: [String] {
        let batch = batchInForce
        var problems: [String] = []
        if !(1...Int(Int32.max)).contains(batch.maxMessageCount) {
            problems.append("batch.maxMessageCount is \(batch.maxMessageCount): at least one transaction fits a block.")
        }
        if !(1...Self.batchByteCountMax).contains(batch.absoluteMaxBytes) {
            problems.append(
                "batch.absoluteMaxBytes is \(batch.absoluteMaxBytes): use 1 to \(Self.batchByteCountMax) bytes (99 MiB)."
            )
        }
        if !(1...max(1, batch.absoluteMaxBytes)).contains(batch.preferredMaxBytes) {
            problems.append(
                "batch.preferredMaxBytes is \(batch.preferredMaxBytes): use 1 to \(batch.absoluteMaxBytes) bytes, which is "
                    + "batch.absoluteMaxBytes.")
        }
        if GoDuration.parse(batch.timeout).map({ $0 <= .zero }) ?? true {
            problems.append("batch.timeout is \"\(batch.timeout)\": give a duration with a unit, such as \"2s\".")
        }
        if !Self.capabilities.contains(capabilityInForce) {
            problems.append(
                "\"\(capabilityInForce)\" is no capability of a channel here: use \(Self.capabilities.joined(separator: " or "))."
            )
        }
        return problems
    }

    private static func isNameOfOrganization(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.allSatisfy(isPartOfName) && (try? MSPID(validating: name)) != nil
    }

    private static func isDomain(_ domain: String) -> Bool {
        let labels = domain.split(separator: ".", omittingEmptySubsequences: false)
        return domain.utf8.count <= 200
            && labels.allSatisfy { label in
                !label.isEmpty && label.utf8.count <= 63 && !label.hasPrefix("-") && !label.hasSuffix("-")
                    && label.utf8.allSatisfy { isPartOfName($0) && !(0x41...0x5A).contains($0) }
            }
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
