package import FabricTypes

extension Block {
    /// The block that follows in the recorded channel, signed by its orderer.
    ///
    /// - Parameter lastConfig: the number of the block with the configuration in force.
    package static func golden(
        following previous: BlockHeader, envelopes: [Bytes], lastConfig: BlockNumber, orderer: GoldenSigner
    ) throws -> Block {
        var block = Block(following: previous, envelopes: envelopes)
        try block.sign(by: [orderer], lastConfig: lastConfig)
        return block
    }

    /// Fills slots 0 and 1 as Fabric's orderers do.
    package mutating func sign(by orderers: [GoldenSigner], lastConfig: BlockNumber) throws {
        let value = OrdererBlockMetadata(lastConfig: LastConfig(index: lastConfig)).encoded()
        let signatures = try orderers.map { orderer in
            let signatureHeader = SignatureHeader(creator: orderer.identity, nonce: Bytes("nonce")).encoded()
            return MetadataSignature(
                signatureHeader: signatureHeader,
                signature: try orderer.sign(value, signatureHeader, header.derBytes))
        }
        metadata[.signatures] = Metadata(value: value, signatures: signatures).encoded()
        metadata[.lastConfig] = Metadata(value: LastConfig(index: lastConfig).encoded()).encoded()
    }

    /// The block as the orderer made it: without what peers add.
    package var withoutPeerSlots: Block {
        var block = self
        block.metadata[.transactionsFilter] = Bytes()
        block.metadata[.commitHash] = Bytes()
        return block
    }
}
