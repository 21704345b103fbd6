package import FabricTypes

/// A CONFIG transaction: the only one of its block.
package struct ConfigTransaction: Hashable, Sendable {
    package let channelID: ChannelID
    package let envelope: ConfigEnvelope

    /// Reads the encoded envelope of a config block.
    ///
    /// - Throws: ``ConfigError`` `malformed` if it is no CONFIG transaction of a channel.
    package init(decoding bytes: Bytes) throws(ConfigError) {
        let (header, data) = try Self.content(of: bytes, type: .config)
        do {
            channelID = try ChannelID(validating: header.channelID.lossyText)
            envelope = try ConfigEnvelope(decoding: data)
        } catch {
            throw ConfigError(.malformed, "The CONFIG transaction cannot be read: \(error)")
        }
    }

    /// Reads a config block's transaction.
    ///
    /// - Throws: ``ConfigError`` `malformed` if the block is none.
    package init(block: Block) throws(ConfigError) {
        guard block.data.entries.count == 1, let entry = block.data.entries.first else {
            throw ConfigError(
                .malformed,
                "Block \(block.number) is no config block: it has \(block.data.entries.count) transactions, not one.")
        }
        try self.init(decoding: entry)
    }

    /// Reads the update that a client sends: an encoded envelope of type CONFIG_UPDATE.
    ///
    /// - Throws: ``ConfigError`` `malformed`.
    package static func update(decoding bytes: Bytes) throws(ConfigError) -> ConfigUpdateEnvelope {
        let (_, data) = try content(of: bytes, type: .configUpdate)
        do throws(WireError) {
            return try ConfigUpdateEnvelope(decoding: data)
        } catch {
            throw ConfigError(
                .malformed, "The CONFIG_UPDATE transaction cannot be read: \(error)",
                stock: "error unmarshalling message for type CONFIG_UPDATE: \(stockWireError)")
        }
    }

    /// What Go's protobuf library says of most damaged bytes.
    private static let stockWireError = "proto: cannot parse invalid wire-format data"

    private static func content(
        of bytes: Bytes, type: HeaderType
    ) throws(ConfigError) -> (header: ChannelHeader, data: Bytes) {
        let payload: Payload
        let header: ChannelHeader?
        do throws(WireError) {
            payload = try Payload(decoding: Envelope(decoding: bytes).payload)
            header = try payload.header.map { header throws(WireError) in
                try ChannelHeader(decoding: header.channelHeader)
            }
        } catch {
            throw ConfigError(
                .malformed, "The \(type) transaction cannot be read: \(error)", stock: stockWireError)
        }
        guard let header else {
            throw ConfigError(
                .malformed, "The \(type) transaction has no header.", stock: "envelope must have a Header")
        }
        guard header.type == type else {
            throw ConfigError(
                .malformed, "A \(type) transaction is expected here; this one is of type \(header.type).",
                stock: "invalid type \(header.type), expected \(type)")
        }
        return (header, payload.data)
    }
}
