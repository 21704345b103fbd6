package import FabricTypes
package import Membership

/// Makes the blocks of a channel one after another: numbered, chained and signed.
///
/// Source: Fabric's `multichannel.BlockWriter`.
package struct BlockAssembler: Sendable {
    /// The header of the last block.
    package private(set) var lastHeader: BlockHeader
    /// The number of the last block that changed the configuration.
    package private(set) var lastConfigIndex: BlockNumber

    /// - Parameter last: the last block of the channel, genesis or one that an orderer made.
    /// - Throws: `WireError` if its metadata does not say where the configuration stands.
    package init(following last: Block) throws(WireError) {
        lastHeader = last.header
        lastConfigIndex = last.isConfigBlock ? last.number : try last.lastConfigIndex()
    }

    /// Makes the next block.
    ///
    /// - Parameters:
    ///   - envelopes: encoded, in canonical form, at least one.
    ///   - isConfig: whether the one envelope changes the configuration.
    ///   - consenterMetadata: the consensus's own notes, opaque to everyone else; `etcdraft` nodes write theirs here.
    /// - Throws: what `signer` throws; the block does not count then.
    package mutating func next(
        _ envelopes: [Bytes], isConfig: Bool, consenterMetadata: Bytes = Bytes(), signer: BlockSigner
    ) throws -> Block {
        precondition(!envelopes.isEmpty, "a batch is never empty")
        precondition(!isConfig || envelopes.count == 1, "a config transaction stands alone in its block")
        var block = Block(following: lastHeader, envelopes: envelopes)
        let configIndex = isConfig ? block.number : lastConfigIndex
        block.metadata[.lastConfig] = Metadata(value: LastConfig(index: configIndex).encoded()).encoded()
        let value = OrdererBlockMetadata(
            lastConfig: LastConfig(index: configIndex), consenterMetadata: consenterMetadata
        ).encoded()
        block.metadata[.signatures] = Metadata(
            value: value, signatures: [try signer.signature(of: value, header: block.header)]
        ).encoded()
        lastHeader = block.header
        lastConfigIndex = configIndex
        return block
    }
}

/// Signs blocks as one orderer.
package struct BlockSigner: Sendable {
    private let identity: SigningIdentity
    private let nonce: @Sendable () -> Bytes

    /// - Parameter nonce: makes 24 random bytes.
    package init(_ identity: SigningIdentity, nonce: @escaping @Sendable () -> Bytes) {
        self.identity = identity
        self.nonce = nonce
    }

    func signature(of value: Bytes, header: BlockHeader) throws -> MetadataSignature {
        let signatureHeader = makeSignatureHeader().encoded()
        return MetadataSignature(
            signatureHeader: signatureHeader,
            signature: try identity.sign([value, signatureHeader, header.derBytes]))
    }

    func makeSignatureHeader() -> SignatureHeader {
        SignatureHeader(creator: identity.serialized, nonce: nonce())
    }

    func sign(_ message: [Bytes]) throws -> Bytes {
        try identity.sign(message)
    }
}
