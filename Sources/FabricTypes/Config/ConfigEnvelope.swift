/// The data of a CONFIG transaction: a whole configuration, and the update that led to it.
///
/// Source: Fabric's `common.ConfigEnvelope`.
package struct ConfigEnvelope: WireMessage {
    package static let messageName = "common.ConfigEnvelope"

    package var config: Config?
    /// The encoded `common.Envelope` of the update as its author signed it; nil in a genesis block.
    package var lastUpdate: Bytes? { updateBuffer.map { Bytes($0) } }

    // An array of its own, so that hostile bytes which repeat the field cost no more than their length.
    private var updateBuffer: [UInt8]?

    package init() {}

    package init(config: Config, lastUpdate: Bytes?) {
        self.config = config
        self.updateBuffer = lastUpdate?.array
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch (field.number, field.value) {
        case (1, .bytes): try field.merge(into: &config)
        case (2, .bytes(let content)):
            // Kept as bytes, but bytes that are no envelope are refused here, as elsewhere.
            var checked = Envelope()
            try field.merge(into: &checked)
            // Encoded messages that follow each other decode as their merger.
            updateBuffer = updateBuffer ?? []
            content.withUnsafeBytes { updateBuffer?.append(contentsOf: $0) }
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, message: config)
        if let lastUpdate { writer.writeAlways(2, lastUpdate) }
    }
}
