/// A policy as a configuration holds it: its kind and the encoded message of that kind.
///
/// Unknown fields are kept, so that a configuration of a newer network can be compared and written back.
/// Source: Fabric's `common.Policy`.
package struct Policy: WireMessage {
    package static let messageName = "common.Policy"

    /// What ``Policy/type`` can be; other numbers survive and do not compile.
    package enum Kind {
        package static let signature: Int32 = 1
        package static let implicitMeta: Int32 = 3
    }

    package var type: Int32 = 0
    package var value = Bytes()
    package var unknownFields = UnknownFields()

    package init() {}

    package init(_ policy: SignaturePolicyEnvelope) {
        self.type = Kind.signature
        self.value = policy.encoded()
    }

    package init(_ policy: ImplicitMetaPolicy) {
        self.type = Kind.implicitMeta
        self.value = policy.encoded()
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch (field.number, field.value) {
        case (1, .varint): field.read(&type)
        case (2, .bytes): field.read(&value)
        default: unknownFields.keep(field)
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, type)
        writer.write(2, value)
        writer.write(encoded: unknownFields.bytes)
    }
}
