package import FabricTypes
package import Membership

/// What a block does to its channel: the verdict on every transaction, and what the valid ones change.
///
/// The owner adds the private data it has got and finishes ``transition``.
package struct BlockEvaluation<Reader: StateReader> {
    /// One per transaction.
    package let verdicts: [TransactionVerdict]
    /// The effects of the valid transactions, without private data and expiries.
    package var transition: StateTransition<Reader>
    /// The channel's configuration after the block.
    package let configuration: ChannelConfiguration

    package var codes: [ValidationCode] { verdicts.map(\.code) }

    /// - Parameter previous: the commit hash of the block before; nil at block 1.
    package func commitHash(after previous: Digest?) -> Digest {
        CommitHash.next(codes: codes, updates: transition.updates, previous: previous)
    }

    /// The first block of a channel. Nothing in it is judged: whoever starts a ledger trusts the block it starts with.
    ///
    /// - Parameter configuration: made from the same block.
    package init(genesis block: PreparedBlock, reader: Reader, configuration: ChannelConfiguration) {
        verdicts = block.transactions.map { _ in .valid }
        transition = StateTransition(block: block.number, over: reader)
        for (index, transaction) in block.transactions.enumerated() {
            transition.append(configEnvelope: transaction.data, at: index)
        }
        self.configuration = configuration
    }

    fileprivate init(
        verdicts: [TransactionVerdict], transition: StateTransition<Reader>, configuration: ChannelConfiguration
    ) {
        self.verdicts = verdicts
        self.transition = transition
        self.configuration = configuration
    }
}

extension BlockValidator {
    /// Judges every transaction of a block to the end and gathers the effects of the valid ones.
    ///
    /// The block must have passed ``BlockVerification``. Parameters and errors as for
    /// ``validate(_:reader:isKnown:)``.
    package func evaluate<Reader: StateReader>(
        _ block: PreparedBlock, reader: Reader, isKnown: @Sendable (Bytes) throws -> Bool
    ) throws -> BlockEvaluation<Reader> {
        let refusals = try validate(block, reader: reader, isKnown: isKnown)
        var transition = StateTransition(block: block.number, over: reader, writeRule: writeRule)
        var configuration = configuration
        var verdicts: [TransactionVerdict] = []
        verdicts.reserveCapacity(refusals.count)
        for (index, refusal) in refusals.enumerated() {
            let transaction = block.transactions[index]
            if let refusal {
                verdicts.append(.refused(refusal))
            } else if let action = transaction.action {
                verdicts.append(try transition.append(action.readWriteSet, at: index))
            } else {
                configuration = try configuration.following(block, at: index)
                transition.append(configEnvelope: transaction.data, at: index)
                verdicts.append(.valid)
            }
        }
        return BlockEvaluation(verdicts: verdicts, transition: transition, configuration: configuration)
    }
}

extension ChannelConfiguration {
    /// The configuration that a block puts in place of this one, checked as the orderer should have checked it.
    fileprivate func following(
        _ block: PreparedBlock, at index: Int
    ) throws(ValidationHalt) -> ChannelConfiguration {
        do throws(ConfigError) {
            return try following(ConfigTransaction(decoding: block.block.data.entries[index]))
        } catch {
            throw .configuration(of: block.number, error)
        }
    }
}
