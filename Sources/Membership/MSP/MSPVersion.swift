/// Which rules MSPs follow; a channel's capabilities choose them for all its organisations.
///
/// Source: Fabric's `msp.MSPVersion` and `ChannelProvider.MSPVersion`.
package enum MSPVersion: Int, Hashable, Sendable, Comparable, CaseIterable {
    /// Members and explicit admins only.
    case v10
    /// Node units for clients and peers.
    case v11
    /// Anonymity and combined principals.
    case v13
    /// Node units for admins and orderers.
    case v143
    /// Ed25519 identities.
    case v30

    package static func < (left: MSPVersion, right: MSPVersion) -> Bool {
        left.rawValue < right.rawValue
    }

    /// The version for a channel with these channel capabilities, such as `V2_0`.
    package init(channelCapabilities: some Collection<String>) {
        let capabilities = Set(channelCapabilities)
        if capabilities.contains("V3_0") {
            self = .v30
        } else if !capabilities.isDisjoint(with: ["V2_0", "V1_4_3"]) {
            self = .v143
        } else if !capabilities.isDisjoint(with: ["V1_4_2", "V1_3"]) {
            self = .v13
        } else if capabilities.contains("V1_1") {
            self = .v11
        } else {
            self = .v10
        }
    }
}
