/// One policy of a configuration group.
///
/// Source: Fabric's `common.ConfigPolicy`.
package struct ConfigPolicy: WireMessage {
    package static let messageName = "common.ConfigPolicy"

    package var version: UInt64 = 0
    package var policy: Policy?
    package var modPolicy = Bytes()
    package var unknownFields = UnknownFields()

    package init() {}

    package init(version: UInt64 = 0, _ policy: Policy, modPolicy: Bytes) {
        self.version = version
        self.policy = policy
        self.modPolicy = modPolicy
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch (field.number, field.value) {
        case (1, .varint): field.read(&version)
        case (2, .bytes): try field.merge(into: &policy)
        case (3, .bytes): try field.readUTF8(&modPolicy)
        default: unknownFields.keep(field)
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, version)
        writer.write(2, message: policy)
        writer.write(3, modPolicy)
        writer.write(encoded: unknownFields.bytes)
    }
}
