/// A policy over the policies of one name in the groups directly below: any, all, or more than half of them.
///
/// Source: Fabric's `common.ImplicitMetaPolicy`.
package struct ImplicitMetaPolicy: WireMessage {
    package static let messageName = "common.ImplicitMetaPolicy"

    package enum Rule: Int32, Hashable, Sendable, CaseIterable {
        case any = 0
        case all = 1
        case majority = 2
    }

    package var subPolicy = Bytes()
    /// An open protobuf enumeration: numbers without a ``Rule`` survive and do not compile.
    package var ruleNumber: Int32 = 0

    package init() {}

    package init(_ rule: Rule, of subPolicy: Bytes) {
        self.subPolicy = subPolicy
        self.ruleNumber = rule.rawValue
    }

    package var rule: Rule? { Rule(rawValue: ruleNumber) }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: try field.readUTF8(&subPolicy)
        case 2: field.read(&ruleNumber)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, subPolicy)
        writer.write(2, ruleNumber)
    }
}
