package import FabricTypes
internal import LedgerCore
internal import Logging
internal import Membership
internal import OrderingCore
internal import Synchronization

// The channel participation API as calls. Source: Fabric's `channelparticipation.ChannelManagement`.

extension Orderer {
    /// What this orderer does for a channel.
    package func participation(in id: ChannelID) throws(ParticipationError) -> ChannelParticipation {
        ChannelParticipation(try openChannel(id))
    }

    /// Joins a channel with its first block and begins to order it.
    ///
    /// Durable when it returns: the channel is there after a restart.
    package func join(_ block: Block) async throws(ParticipationError) -> ChannelParticipation {
        let joinBlock: JoinBlock
        do throws(JoinBlock.Refusal) {
            joinBlock = try JoinBlock(checking: block, signatures: signatures)
        } catch {
            throw ParticipationError(.malformed, "invalid join block: \(error)")
        }
        try checkCanOrder(joinBlock)
        let id = joinBlock.channelID
        try reserve(id)
        do {
            let channel = try await storage.run { [self] in
                try OrdererChannel(
                    log: logs.create(id, genesis: block.encoded()), signer: signer, signatures: signatures,
                    options: options, logger: logger)
            }
            entries.withLock { $0[id] = .open(channel) }
            start(channel)
            logger.notice("Channel joined", metadata: ["channel.id": "\(id)"])
            return ChannelParticipation(channel)
        } catch {
            entries.withLock { _ = $0.removeValue(forKey: id) }
            logger.error("Channel could not be joined", metadata: ["channel.id": "\(id)", "error": "\(error)"])
            throw ParticipationError(.storage, "the channel's log could not be made")
        }
    }

    private func checkCanOrder(_ joinBlock: JoinBlock) throws(ParticipationError) {
        guard joinBlock.block.number == 0 else {
            throw ParticipationError(
                .refused,
                "block \(joinBlock.block.number) is not the channel's first: this orderer orders alone and has nobody to "
                    + "fetch the blocks before it from")
        }
        do throws(LoneOrdererRule.Violation) {
            try LoneOrdererRule.check(joinBlock.configuration)
        } catch {
            throw ParticipationError(.refused, error.description)
        }
    }

    private func reserve(_ id: ChannelID) throws(ParticipationError) {
        try entries.withLock { (entries) throws(ParticipationError) in
            switch entries[id] {
            case .open, .joining: throw .channelExists
            case .removing: throw .removalPending
            case .removalFailed: throw .removalFailed
            case nil: break
            }
            guard entries.count < options.channelCountMax else {
                throw ParticipationError(
                    .refused, "this orderer takes at most \(options.channelCountMax) channels; remove one first")
            }
            entries[id] = .joining
        }
    }

    /// Leaves a channel and removes its blocks.
    package func remove(_ id: ChannelID) async throws(ParticipationError) {
        let channel = try entries.withLock { (entries) throws(ParticipationError) in
            let channel = try Self.channel(of: entries[id])
            entries[id] = .removing
            return channel
        }
        channel.close()
        channel.feed.halt(ChainHalted("Channel \"\(id)\" was removed."))
        do {
            // On the channel's own thread, so that no block is being written meanwhile, nor ever after.
            try await channel.writing.run { [logs] in
                channel.isRemoved.store(true, ordering: .relaxed)
                try logs.remove(id)
            }
            entries.withLock { _ = $0.removeValue(forKey: id) }
            logger.notice("Channel removed", metadata: ["channel.id": "\(id)"])
        } catch {
            entries.withLock { $0[id] = .removalFailed }
            logger.error("Channel could not be removed", metadata: ["channel.id": "\(id)", "error": "\(error)"])
            throw .removalFailed
        }
    }

    /// Applies a config update that an operator hands in, as if a client had broadcast it.
    package func update(_ envelope: Bytes) async throws(ParticipationError) -> ChannelParticipation {
        let received: ReceivedEnvelope
        do throws(IntakeRefusal) {
            received = try ReceivedEnvelope(decoding: envelope)
        } catch {
            throw ParticipationError(.malformed, "invalid config update envelope: bad payload")
        }
        guard received.kind == .configUpdate else {
            throw ParticipationError(.malformed, "invalid config update envelope: bad type")
        }
        guard let id = try? ChannelID(validating: received.channelName.lossyText) else { throw .channelUnknown }
        let channel = try openChannel(id)
        let answer = await channel.broadcast(received)
        guard answer.status == .success else { throw ParticipationError(.refused, answer.info) }
        return ChannelParticipation(channel)
    }

    /// An encoded block.
    package func block(_ which: ParticipationBlock, of id: ChannelID) async throws(ParticipationError) -> Bytes {
        let channel = try openChannel(id)
        let height = channel.height
        let number =
            switch which {
            case .oldest: 0 as BlockNumber
            case .newest: height - 1
            case .config: channel.lastConfigIndex
            case .number(let number): number
            }
        guard number < height else {
            throw ParticipationError(.blockUnknown, "no such block number [\(number)] in index")
        }
        do {
            return try await channel.block(number)
        } catch {
            logger.error("Block could not be read", metadata: ["channel.id": "\(id)", "error": "\(error)"])
            throw ParticipationError(.storage, "block \(number) could not be read")
        }
    }

    private func openChannel(_ id: ChannelID) throws(ParticipationError) -> OrdererChannel {
        try entries.withLock { (entries) throws(ParticipationError) in try Self.channel(of: entries[id]) }
    }

    private static func channel(of entry: Entry?) throws(ParticipationError) -> OrdererChannel {
        switch entry {
        case .open(let channel): return channel
        case .removing: throw .removalPending
        case .removalFailed: throw .removalFailed
        case .joining, nil: throw .channelUnknown
        }
    }
}
