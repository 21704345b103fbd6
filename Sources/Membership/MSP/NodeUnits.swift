internal import FabricTypes

/// The organisational units that make an identity a client, a peer, an admin or an orderer.
struct NodeUnits: Sendable {
    struct Unit: Hashable, Sendable {
        let identifier: Bytes
        /// Who must have given the unit; nil means any authority of the MSP.
        let certifiersIdentifier: Bytes?
    }

    /// Whether identities must have exactly one of the units.
    var isEnforced = false
    private(set) var units: [MSPRole.Role: Unit] = [:]

    var isEmpty: Bool { units.isEmpty }

    subscript(role: MSPRole.Role) -> Unit? {
        get { units[role] }
        set { units[role] = newValue }
    }

    /// The unit of this name. Where two roles share a name, the later one of client, peer, admin, orderer has it.
    func unit(named identifier: Bytes) -> Unit? {
        [MSPRole.Role.orderer, .admin, .peer, .client].lazy.compactMap { units[$0] }
            .first { $0.identifier == identifier }
    }
}
