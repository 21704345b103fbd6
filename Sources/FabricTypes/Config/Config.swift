/// A channel's configuration: the tree and how often it has changed.
///
/// Source: Fabric's `common.Config`.
package struct Config: WireMessage {
    package static let messageName = "common.Config"

    package var sequence: UInt64 = 0
    package var channelGroup: ConfigGroup?
    package var unknownFields = UnknownFields()

    package init() {}

    package init(sequence: UInt64, channelGroup: ConfigGroup) {
        self.sequence = sequence
        self.channelGroup = channelGroup
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch (field.number, field.value) {
        case (1, .varint): field.read(&sequence)
        case (2, .bytes): try field.merge(into: &channelGroup)
        default: unknownFields.keep(field)
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, sequence)
        writer.write(2, message: channelGroup)
        writer.write(encoded: unknownFields.bytes)
    }
}
