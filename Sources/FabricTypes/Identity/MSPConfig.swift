/// How an organisation's identities are judged, as a channel's configuration or a node's own folder gives it.
///
/// Two organisation groups may name the same MSP only with equal configurations: equality is that of messages, so
/// unknown fields count. Source: Fabric's `msp.MSPConfig`.
package struct MSPConfig: WireMessage {
    package static let messageName = "msp.MSPConfig"

    /// The number of X.509 MSPs, the only kind that Duet judges; 1 is Idemix.
    package static let fabricType: Int32 = 0

    package var type: Int32 = 0
    /// An encoded ``FabricMSPConfig`` where the type is ``fabricType``.
    package var config = Bytes()
    package var unknownFields = UnknownFields()

    package init() {}

    package init(_ config: FabricMSPConfig) {
        self.config = config.encoded()
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch (field.number, field.value) {
        case (1, .varint): field.read(&type)
        case (2, .bytes): field.read(&config)
        default: unknownFields.keep(field)
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, type)
        writer.write(2, config)
        writer.write(encoded: unknownFields.bytes)
    }
}
