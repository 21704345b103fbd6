/// A node of a channel's configuration tree: named groups, values and policies, each with a version of its own.
///
/// Unknown fields are kept. Encoding sorts the maps by key; other writers do not, so configurations are compared as
/// messages, never as bytes. Source: Fabric's `common.ConfigGroup`.
package struct ConfigGroup: WireMessage {
    package static let messageName = "common.ConfigGroup"

    package var version: UInt64 = 0
    package var groups: [Bytes: ConfigGroup] = [:]
    package var values: [Bytes: ConfigValue] = [:]
    package var policies: [Bytes: ConfigPolicy] = [:]
    /// The policy that a change of this group's membership or of this very field must satisfy.
    package var modPolicy = Bytes()
    package var unknownFields = UnknownFields()

    package init() {}

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch (field.number, field.value) {
        case (1, .varint): field.read(&version)
        case (2, .bytes): try field.merge(into: &groups)
        case (3, .bytes): try field.merge(into: &values)
        case (4, .bytes): try field.merge(into: &policies)
        case (5, .bytes): try field.readUTF8(&modPolicy)
        default: unknownFields.keep(field)
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, version)
        writer.write(2, map: groups)
        writer.write(3, map: values)
        writer.write(4, map: policies)
        writer.write(5, modPolicy)
        writer.write(encoded: unknownFields.bytes)
    }
}
