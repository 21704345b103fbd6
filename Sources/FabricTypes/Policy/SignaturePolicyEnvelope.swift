/// A signature policy: a rule over a list of principals.
///
/// Source: Fabric's `common.SignaturePolicyEnvelope`.
package struct SignaturePolicyEnvelope: WireMessage {
    package static let messageName = "common.SignaturePolicyEnvelope"

    /// Only 0 is defined.
    package var version: Int32 = 0
    package var rule: SignaturePolicy?
    package var identities: [MSPPrincipal] = []

    package init() {}

    package init(rule: SignaturePolicy, identities: [MSPPrincipal]) {
        self.rule = rule
        self.identities = identities
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: field.read(&version)
        case 2: try field.merge(into: &rule)
        case 3: try field.append(to: &identities)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, version)
        writer.write(2, message: rule)
        writer.write(3, messages: identities)
    }
}
