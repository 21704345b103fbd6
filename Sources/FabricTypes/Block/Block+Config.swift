extension Block {
    /// Whether the block changes the channel's configuration: its only envelope is of type CONFIG.
    ///
    /// Anything that does not decode is no config block. Source: Fabric's `protoutil.IsConfigBlock`.
    package var isConfigBlock: Bool {
        data.entries.count == 1 && Envelope.isConfig(data.entries[0])
    }

    /// The number of the block that holds the configuration in force after this one.
    ///
    /// Read from slot 0, and from slot 1 where slot 0 has no value, as blocks of old orderers have it. Slots that the
    /// block lacks read as empty and so name block 0: check their number first where the block comes from outside.
    /// - Throws: ``WireError`` if the slot does not decode or names no block.
    package func lastConfigIndex() throws(WireError) -> BlockNumber {
        let signed = try Metadata(decoding: metadata[.signatures])
        if signed.value.isEmpty {
            return try LastConfig(decoding: Metadata(decoding: metadata[.lastConfig]).value).index
        }
        guard let lastConfig = try OrdererBlockMetadata(decoding: signed.value).lastConfig else {
            throw WireError(.invalidValue, path: [OrdererBlockMetadata.messageName, "last_config"], offset: 0)
        }
        return lastConfig.index
    }
}

extension Envelope {
    /// Whether encoded bytes are an envelope whose channel header says CONFIG.
    package static func isConfig(_ bytes: Bytes) -> Bool {
        // Damaged bytes are no configuration; what they are instead is for validation to say.
        guard
            let envelope = try? Envelope(decoding: bytes),
            let header = try? Payload(decoding: envelope.payload).header,
            let channelHeader = try? ChannelHeader(decoding: header.channelHeader)
        else { return false }
        return channelHeader.type == .config
    }
}
