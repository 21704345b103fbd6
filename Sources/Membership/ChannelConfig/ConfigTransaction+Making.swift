package import FabricTypes

extension Block {
    /// A channel's first block, as Fabric's `configtxgen` makes it: signed by nobody.
    ///
    /// - Parameters:
    ///   - timestampSeconds: since 1970; the tools write whole seconds.
    ///   - nonce: 24 random bytes. They make the transaction id, and so the channel, one of its kind.
    package init(genesisOf channelID: ChannelID, _ config: Config, timestampSeconds: Int64, nonce: Bytes) {
        let signatureHeader = SignatureHeader(creator: Bytes(), nonce: nonce)
        let channelHeader = ChannelHeader(
            type: .config, version: 1, timestamp: Timestamp(seconds: timestampSeconds),
            channelID: Bytes(channelID.rawValue),
            transactionID: Bytes(signatureHeader.transactionID.rawValue))
        let header = Header(channelHeader: channelHeader.encoded(), signatureHeader: signatureHeader.encoded())
        let payload = Payload(header: header, data: ConfigEnvelope(config: config, lastUpdate: nil).encoded())
        self.init(genesis: Envelope(payload: payload.encoded(), signature: Bytes()).encoded())
    }
}

extension ConfigTransaction {
    /// The payload of the CONFIG transaction that an orderer puts into a block of its own: to be signed by the orderer
    /// that `signatureHeader` names.
    package static func payload(
        _ envelope: ConfigEnvelope, of channelID: ChannelID, timestamp: Timestamp, signatureHeader: SignatureHeader
    ) -> Bytes {
        payload(
            .config, data: envelope.encoded(), of: channelID, timestamp: timestamp, signatureHeader: signatureHeader)
    }

    /// The payload of the CONFIG_UPDATE transaction that a client sends: to be signed by whom `signatureHeader` names.
    package static func payload(
        _ envelope: ConfigUpdateEnvelope, of channelID: ChannelID, timestamp: Timestamp,
        signatureHeader: SignatureHeader
    ) -> Bytes {
        payload(
            .configUpdate, data: envelope.encoded(), of: channelID, timestamp: timestamp,
            signatureHeader: signatureHeader)
    }

    private static func payload(
        _ type: HeaderType, data: Bytes, of channelID: ChannelID, timestamp: Timestamp,
        signatureHeader: SignatureHeader
    ) -> Bytes {
        // Neither kind has a transaction id.
        let channelHeader = ChannelHeader(type: type, timestamp: timestamp, channelID: Bytes(channelID.rawValue))
        let header = Header(channelHeader: channelHeader.encoded(), signatureHeader: signatureHeader.encoded())
        return Payload(header: header, data: data).encoded()
    }
}

extension ConfigUpdateEnvelope {
    /// Adds a signature of an organisation's admin.
    ///
    /// - Parameter sign: makes the signature over the parts read as one run of bytes.
    package mutating func addSignature(
        _ signatureHeader: SignatureHeader, sign: ([Bytes]) throws -> Bytes
    ) rethrows {
        let header = signatureHeader.encoded()
        signatures.append(ConfigSignature(signatureHeader: header, signature: try sign([header, configUpdate])))
    }
}
