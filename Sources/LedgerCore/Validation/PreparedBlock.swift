package import FabricTypes
package import Membership

/// A block with everything worked out that needs no ledger: decoded, hashed, its signatures looked at.
///
/// Preparing may run ahead of the blocks before: nothing here depends on them. Peers of one process share it.
package struct PreparedBlock: Sendable {
    package let block: Block
    package let headerHash: Digest
    /// The hash of the entries as they are; ``BlockHeader/dataHash`` is only a claim.
    package let dataHash: Digest
    /// One per entry.
    package let transactions: [PreparedTransaction]
    /// Whether the block is one that must be handled alone: a change of the channel's configuration.
    package let isConfigBlock: Bool
    /// Why peers refuse the block for the form of an entry; nil if it is well-formed.
    package let formFault: FormFault?

    /// An entry that may not stand in a block.
    package struct FormFault: Hashable, Sendable {
        package let transactionIndex: Int
        package let fault: Envelope.CanonicalFault
    }

    package var number: BlockNumber { block.number }

    package init(_ block: Block, loop: ParallelLoop = .serial) {
        self.block = block
        let entries = block.data.entries
        headerHash = block.header.hash
        dataHash = block.data.hash
        let prepared = loop.map(entries.count) { index in
            (PreparedTransaction(entries[index]), Self.fault(in: entries[index]))
        }
        transactions = prepared.map(\.0)
        isConfigBlock = entries.count == 1 && transactions[0].channelHeader?.type == .config
        // A config envelope stands alone and may have any form, as the genesis block's has no signature.
        let firstFault = prepared.indices.first { prepared[$0].1 != nil }
        formFault =
            isConfigBlock
            ? nil
            : firstFault.flatMap { index in prepared[index].1.map { FormFault(transactionIndex: index, fault: $0) } }
    }

    /// Verifies the creators' and endorsers' signatures so that the verifier's table knows the good ones when the block is
    /// validated.
    ///
    /// Decides nothing: whose signature counts is for the configuration in force then.
    package func checkSignatures(by identities: any IdentityResolver, loop: ParallelLoop = .serial) {
        _ = loop.map(transactions.count) { index in
            transactions[index].checkSignatures(by: identities)
        }
    }

    private static func fault(in entry: Bytes) -> Envelope.CanonicalFault? {
        do throws(Envelope.CanonicalFault) {
            try Envelope.checkCanonical(entry)
            return nil
        } catch {
            return error
        }
    }
}

extension PreparedTransaction {
    /// The results go into the verifier's table and nowhere else; an identity that cannot be read has nothing to enter.
    fileprivate func checkSignatures(by identities: any IdentityResolver) {
        guard stage != .header, let creator = signatureHeader?.creator else { return }
        if let identity = try? identities.identity(creator) {
            _ = identities.isSignature(envelope.signature, of: [envelope.payload], by: identity)
        }
        guard let action else { return }
        for endorsement in action.endorsements {
            guard let identity = try? identities.identity(endorsement.endorser) else { continue }
            _ = identities.isSignature(
                endorsement.signature, of: [action.proposalResponsePayload, endorsement.endorser], by: identity)
        }
    }
}
