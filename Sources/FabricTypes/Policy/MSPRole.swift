/// The principal of classification ROLE: anybody who has a role in an organisation.
///
/// Source: Fabric's `common.MSPRole`.
package struct MSPRole: WireMessage {
    package static let messageName = "common.MSPRole"

    package enum Role: Int32, Hashable, Sendable, CaseIterable {
        case member = 0
        case admin = 1
        case client = 2
        case peer = 3
        case orderer = 4
    }

    package var mspIdentifier = Bytes()
    /// An open protobuf enumeration: numbers without a ``Role`` survive and nobody has them.
    package var roleNumber: Int32 = 0

    package init() {}

    package init(_ role: Role, of mspID: MSPID) {
        self.mspIdentifier = mspID.bytes
        self.roleNumber = role.rawValue
    }

    package var role: Role? { Role(rawValue: roleNumber) }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: try field.readUTF8(&mspIdentifier)
        case 2: field.read(&roleNumber)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, mspIdentifier)
        writer.write(2, roleNumber)
    }
}

extension MSPPrincipal {
    /// What ``MSPPrincipal/classification`` can be.
    package enum Classification {
        package static let role: Int32 = 0
        package static let organizationUnit: Int32 = 1
        package static let identity: Int32 = 2
        package static let anonymity: Int32 = 3
        package static let combined: Int32 = 4
    }

    package init(_ role: MSPRole) {
        self.init(classification: Classification.role, principal: role.encoded())
    }

    /// Exactly this identity.
    package init(_ identity: SerializedIdentity) {
        self.init(classification: Classification.identity, principal: identity.encoded())
    }
}
