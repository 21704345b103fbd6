/// One rule of a signature policy: a signature by a principal, or `n` of several rules.
///
/// Source: Fabric's `common.SignaturePolicy`.
package struct SignaturePolicy: WireMessage {
    package static let messageName = "common.SignaturePolicy"

    package enum Rule: Hashable, Sendable {
        /// Index into the envelope's identities. As a oneof member, 0 is written too.
        case signedBy(Int32)
        case nOutOf(NOutOf)
    }

    package struct NOutOf: WireMessage {
        package static let messageName = "common.SignaturePolicy.NOutOf"

        package var n: Int32 = 0
        package var rules: [SignaturePolicy] = []

        package init() {}

        package mutating func merge(_ field: WireField) throws(WireError) {
            switch field.number {
            case 1: field.read(&n)
            case 2: try field.append(to: &rules)
            default: break
            }
        }

        package func encode(to writer: inout WireWriter) {
            writer.write(1, n)
            writer.write(2, messages: rules)
        }
    }

    /// Nil where the message names neither, which no policy may.
    package var rule: Rule?

    package init() {}

    package static func signedBy(_ index: Int32) -> SignaturePolicy {
        var policy = SignaturePolicy()
        policy.rule = .signedBy(index)
        return policy
    }

    package static func nOutOf(_ n: Int32, _ rules: [SignaturePolicy]) -> SignaturePolicy {
        var gate = NOutOf()
        gate.n = n
        gate.rules = rules
        var policy = SignaturePolicy()
        policy.rule = .nOutOf(gate)
        return policy
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch (field.number, field.value) {
        case (1, .varint):
            var index: Int32 = 0
            field.read(&index)
            rule = .signedBy(index)
        case (2, .bytes):
            // A member that comes twice is merged, a different one replaces it.
            var gate = NOutOf()
            if case .nOutOf(let earlier) = rule { gate = earlier }
            rule = nil  // else its array would be copied for every piece
            try field.merge(into: &gate)
            rule = .nOutOf(gate)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        switch rule {
        case .signedBy(let index): writer.writeAlways(1, UInt64(bitPattern: Int64(index)))
        case .nOutOf(let gate): writer.write(2, message: gate)
        case nil: break
        }
    }
}
