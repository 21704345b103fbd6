package import FabricTypes

/// What an authority says of the identity that it issues.
package struct IdentityGrant: Hashable, Sendable {
    /// Gives the organisational unit. `member` gives none.
    package var role: MSPRole.Role
    /// Further organisational units.
    package var units: [String]
    /// What contracts may ask for; see ``FabricAttributes``.
    package var attributes: [String: String]
    /// Seconds from now until the certificate expires; nil for ten years, as cryptogen's.
    package var validitySeconds: Int64?

    package init(
        role: MSPRole.Role, units: [String] = [], attributes: [String: String] = [:], validitySeconds: Int64? = nil
    ) {
        self.role = role
        self.units = units
        self.attributes = attributes
        self.validitySeconds = validitySeconds
    }
}
