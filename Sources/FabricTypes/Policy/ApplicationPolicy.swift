/// The endorsement policy of a chaincode or collection: a signature policy of its own, or the name of a channel policy.
///
/// Source: Fabric's `protos.ApplicationPolicy`.
package struct ApplicationPolicy: WireMessage {
    package static let messageName = "protos.ApplicationPolicy"

    package enum Kind: Hashable, Sendable {
        case signaturePolicy(SignaturePolicyEnvelope)
        /// A path such as `/Channel/Application/Endorsement`.
        case channelConfigPolicyReference(Bytes)
    }

    /// Nil where the message names neither.
    package var kind: Kind?

    package init() {}

    package init(_ kind: Kind) {
        self.kind = kind
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch (field.number, field.value) {
        case (1, .bytes):
            var policy = SignaturePolicyEnvelope()
            if case .signaturePolicy(let earlier) = kind { policy = earlier }
            kind = nil  // else its array would be copied for every piece
            try field.merge(into: &policy)
            kind = .signaturePolicy(policy)
        case (2, .bytes):
            var reference = Bytes()
            try field.readUTF8(&reference)
            kind = .channelConfigPolicyReference(reference)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        switch kind {
        case .signaturePolicy(let policy): writer.write(1, message: policy)
        case .channelConfigPolicyReference(let reference): writer.writeAlways(2, reference)
        case nil: break
        }
    }
}
