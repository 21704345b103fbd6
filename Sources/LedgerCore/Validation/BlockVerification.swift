package import FabricTypes
package import Membership

/// The checks a block must pass before its transactions are looked at.
///
/// Each is a step of its own, so that an audit can go on past one that fails; ``check(_:after:configuration:)`` is all of
/// them in a peer's order. Source: Fabric's `deliverclient.BlockVerificationAssistant`.
package enum BlockVerification {
    /// - Parameters:
    ///   - previous: the header of the last committed block.
    ///   - configuration: the channel's, in force after that block.
    /// - Throws: the first refusal.
    package static func check(
        _ block: PreparedBlock, after previous: BlockHeader, configuration: ChannelConfiguration
    ) throws(BlockRefusal) {
        try check(block, number: previous.number &+ 1, previousHash: previous.hash, configuration: configuration)
    }

    /// The same where of the block before no more than its hash is known.
    package static func check(
        _ block: PreparedBlock, number: BlockNumber, previousHash: Digest, configuration: ChannelConfiguration
    ) throws(BlockRefusal) {
        try checkNumber(block, expected: number)
        try checkPreviousHash(block, expected: previousHash.bytes)
        try checkMetadata(block)
        try checkForm(block)
        try checkDataHash(block)
        try checkSignature(block, configuration: configuration)
    }

    package static func checkNumber(_ block: PreparedBlock, expected: BlockNumber) throws(BlockRefusal) {
        guard block.block.hasHeader else {
            throw BlockRefusal(.number, block: block.number, "A block without a header came as block \(expected).")
        }
        guard block.number == expected else {
            throw BlockRefusal(
                .number, block: block.number, "Block \(block.number) came where block \(expected) is next.")
        }
    }

    package static func checkPreviousHash(_ block: PreparedBlock, expected: Bytes) throws(BlockRefusal) {
        let previousHash = block.block.header.previousHash
        guard previousHash == expected else {
            throw BlockRefusal(
                .previousHash, block: block.number,
                "Block \(block.number) points to \(name(previousHash)) as the block before it, which is \(name(expected))."
            )
        }
    }

    package static func checkMetadata(_ block: PreparedBlock) throws(BlockRefusal) {
        let slotCount = block.block.metadata.slots.count
        guard slotCount >= BlockMetadata.Slot.allCases.count else {
            throw BlockRefusal(
                .metadata, block: block.number,
                "Block \(block.number) has \(slotCount) metadata slots; \(BlockMetadata.Slot.allCases.count) are needed."
            )
        }
    }

    package static func checkForm(_ block: PreparedBlock) throws(BlockRefusal) {
        guard !block.transactions.isEmpty else {
            throw BlockRefusal(.form, block: block.number, "Block \(block.number) has no transactions.")
        }
        if let fault = block.formFault {
            throw BlockRefusal(
                .form, block: block.number,
                "Transaction \(fault.transactionIndex) of block \(block.number) may not stand in a block. \(fault.fault)"
            )
        }
    }

    package static func checkDataHash(_ block: PreparedBlock) throws(BlockRefusal) {
        let dataHash = block.block.header.dataHash
        guard dataHash == block.dataHash.bytes else {
            throw BlockRefusal(
                .dataHash, block: block.number,
                "The transactions of block \(block.number) hash to \(block.dataHash), but its header says "
                    + "\(name(dataHash)).")
        }
    }

    package static func checkSignature(
        _ block: PreparedBlock, configuration: ChannelConfiguration
    ) throws(BlockRefusal) {
        do {
            try BlockSignatureVerifier(configuration)
                .verify(header: block.block.header, metadata: block.block.metadata)
        } catch {
            throw BlockRefusal(
                .signature, block: block.number, "The signatures of block \(block.number) do not count. \(error)")
        }
    }

    private static func name(_ hash: Bytes) -> String {
        hash.isEmpty ? "nothing" : hash.description
    }
}
