internal import FabricTypes
internal import Yams

/// The `config.yaml` of an MSP folder: organisational units and what they make of identities.
///
/// Source: `Configuration` in Fabric's `msp/configbuilder.go`.
struct MSPFolderUnits {
    /// Larger files are refused.
    static let byteCountMax = 1 << 20

    private struct Unit {
        let identifier: String
        let certificatePath: String
    }

    private var filterUnits: [Unit] = []
    private var isEnabled = false
    private var client: Unit?
    private var peer: Unit?
    private var admin: Unit?
    private var orderer: Unit?

    init(yaml text: Bytes) throws(MSPFolderError) {
        guard text.count <= Self.byteCountMax else {
            throw MSPFolderError(
                .invalidConfiguration, "config.yaml has \(text.count) bytes; at most \(Self.byteCountMax) are read.")
        }
        let root: Node?
        do {
            root = try Yams.compose(yaml: text.lossyText)
        } catch {
            throw MSPFolderError(.invalidConfiguration, "config.yaml cannot be read: \(error)")
        }
        guard let root else { return }
        guard root.mapping != nil else {
            throw MSPFolderError(.invalidConfiguration, "config.yaml cannot be read: it must hold a mapping of keys.")
        }
        if let units = root["OrganizationalUnitIdentifiers"]?.sequence {
            for unit in units { filterUnits.append(try Self.unit(unit)) }
        }
        guard let nodeUnits = root["NodeOUs"] else { return }
        isEnabled = nodeUnits["Enable"]?.bool ?? false
        client = try nodeUnits["ClientOUIdentifier"].map(Self.unit)
        peer = try nodeUnits["PeerOUIdentifier"].map(Self.unit)
        admin = try nodeUnits["AdminOUIdentifier"].map(Self.unit)
        orderer = try nodeUnits["OrdererOUIdentifier"].map(Self.unit)
    }

    private static func unit(_ node: Node) throws(MSPFolderError) -> Unit {
        guard node.mapping != nil else {
            throw MSPFolderError(
                .invalidConfiguration,
                "config.yaml is not valid: an organisational unit must be a mapping with the keys Certificate and "
                    + "OrganizationalUnitIdentifier.")
        }
        return Unit(
            identifier: node["OrganizationalUnitIdentifier"]?.scalar?.string ?? "",
            certificatePath: node["Certificate"]?.scalar?.string ?? "")
    }

    /// The units that identities must have one of.
    func filter(in folder: MSPFolder) throws(MSPFolderError) -> [FabricOUIdentifier] {
        var units: [FabricOUIdentifier] = []
        for unit in filterUnits {
            guard let certificate = folder.file(at: unit.certificatePath) else {
                throw MSPFolderError(
                    .missing,
                    "config.yaml ties the organisational unit \"\(unit.identifier)\" to \"\(unit.certificatePath)\", "
                        + "which is not in the MSP folder.")
            }
            units.append(
                FabricOUIdentifier(
                    certificate: certificate, organizationalUnitIdentifier: Bytes(unit.identifier)))
        }
        return units
    }

    /// The units that tell clients, peers, admins and orderers apart; nil unless they are switched on.
    func nodeOUs(in folder: MSPFolder, warnings: inout [String]) -> FabricNodeOUs? {
        guard isEnabled else { return nil }
        var nodeOUs = FabricNodeOUs()
        nodeOUs.isEnabled = true
        nodeOUs.client = identifier(client, in: folder, &warnings)
        nodeOUs.peer = identifier(peer, in: folder, &warnings)
        nodeOUs.admin = identifier(admin, in: folder, &warnings)
        nodeOUs.orderer = identifier(orderer, in: folder, &warnings)
        return nodeOUs
    }

    private func identifier(_ unit: Unit?, in folder: MSPFolder, _ warnings: inout [String]) -> FabricOUIdentifier? {
        guard let unit, !unit.identifier.isEmpty else { return nil }
        var identifier = FabricOUIdentifier()
        identifier.organizationalUnitIdentifier = Bytes(unit.identifier)
        if let certificate = folder.file(at: unit.certificatePath) {
            identifier.certificate = certificate
        } else if !unit.certificatePath.isEmpty {
            warnings.append(
                "config.yaml ties the organisational unit \"\(unit.identifier)\" to \"\(unit.certificatePath)\", which "
                    + "is not in the MSP folder: the unit counts under any authority of the MSP.")
        }
        return identifier
    }
}
