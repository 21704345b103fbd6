/// One value of a configuration group: an encoded message whose type follows from its key.
///
/// Source: Fabric's `common.ConfigValue`.
package struct ConfigValue: WireMessage {
    package static let messageName = "common.ConfigValue"

    package var version: UInt64 = 0
    package var value = Bytes()
    package var modPolicy = Bytes()
    package var unknownFields = UnknownFields()

    package init() {}

    package init(version: UInt64 = 0, _ message: some WireMessage, modPolicy: Bytes) {
        self.version = version
        self.value = message.encoded()
        self.modPolicy = modPolicy
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch (field.number, field.value) {
        case (1, .varint): field.read(&version)
        case (2, .bytes): field.read(&value)
        case (3, .bytes): try field.readUTF8(&modPolicy)
        default: unknownFields.keep(field)
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, version)
        writer.write(2, value)
        writer.write(3, modPolicy)
        writer.write(encoded: unknownFields.bytes)
    }
}
