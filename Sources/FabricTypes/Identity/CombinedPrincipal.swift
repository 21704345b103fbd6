/// Principals that all must be satisfied by one identity.
///
/// Source: Fabric's `common.CombinedPrincipal`.
package struct CombinedPrincipal: WireMessage {
    package static let messageName = "common.CombinedPrincipal"

    package var principals: [MSPPrincipal] = []

    package init() {}

    package init(principals: [MSPPrincipal]) {
        self.principals = principals
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: try field.append(to: &principals)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, messages: principals)
    }
}

/// Whether an identity must be, or must not be, anonymous.
///
/// Source: Fabric's `common.MSPIdentityAnonymity`.
package struct MSPIdentityAnonymity: WireMessage {
    package static let messageName = "common.MSPIdentityAnonymity"

    package static let nominal: Int32 = 0
    package static let anonymous: Int32 = 1

    /// An open protobuf enumeration.
    package var anonymityType: Int32 = 0

    package init() {}

    package init(anonymityType: Int32) {
        self.anonymityType = anonymityType
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: field.read(&anonymityType)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, anonymityType)
    }
}
