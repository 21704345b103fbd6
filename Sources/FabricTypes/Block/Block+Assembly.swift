extension Block {
    /// The block that follows `previous`: numbered, hashed, with five empty metadata slots.
    ///
    /// - Parameter envelopes: encoded envelopes in canonical form (see ``Envelope/checkCanonical(_:)``), at least one.
    package init(following previous: BlockHeader, envelopes: [Bytes]) {
        // Blocks are followed one by one from 0, so a number never gets near its end.
        self.init(number: previous.number &+ 1, previousHash: previous.hash.bytes, envelopes: envelopes)
    }

    /// The first block of a chain; its one envelope holds the channel's first configuration.
    ///
    /// Both orderer slots of the metadata are filled as Fabric's `configtxgen` does.
    package init(genesis envelope: Bytes) {
        self.init(number: 0, previousHash: Bytes(), envelopes: [envelope])
        let ordererMetadata = OrdererBlockMetadata(lastConfig: LastConfig(index: 0))
        metadata[.signatures] = Metadata(value: ordererMetadata.encoded()).encoded()
    }

    private init(number: BlockNumber, previousHash: Bytes, envelopes: [Bytes]) {
        let data = BlockData(entries: envelopes)
        let header = BlockHeader(number: number, previousHash: previousHash, dataHash: data.hash.bytes)
        self.init(header: header, data: data, metadata: .empty)
    }
}
