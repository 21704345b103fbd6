package import FabricTypes

extension ChannelConfiguration {
    /// The configuration of a channel from its genesis block, or from any config block that is trusted.
    ///
    /// - Throws: ``ConfigError`` if the block is no config block or its configuration breaks a rule.
    package init(trusting block: Block, signatures: SignatureTable) throws(ConfigError) {
        try self.init(trusting: block, resolvers: .channelMSPs(signatures))
    }

    init(trusting block: Block, resolvers: IdentityResolverFactory) throws(ConfigError) {
        let transaction = try ConfigTransaction(block: block)
        guard let config = transaction.envelope.config else {
            throw ConfigError(
                .missingElement, "The CONFIG transaction of block \(block.number) holds no configuration.")
        }
        try self.init(channelID: transaction.channelID, config: config, resolvers: resolvers)
    }

    /// What an orderer makes of a client's update: the content of a CONFIG transaction, and the configuration that will
    /// be in force after it.
    ///
    /// - Parameter update: the encoded envelope of type CONFIG_UPDATE, as received.
    /// - Throws: ``ConfigError`` if the update is refused. Beyond what peers check, consensus may change only through
    ///   maintenance and consenters one at a time, and nothing in the write set may go unused.
    package func proposing(update: Bytes) throws(ConfigError) -> (ConfigEnvelope, ChannelConfiguration) {
        let context = "error applying config update to existing channel '\(channelID)'"
        let envelope = try ConfigError.within("\(context): error converting envelope to config update") {
            () throws(ConfigError) in try ConfigTransaction.update(decoding: update)
        }
        let result = try ConfigError.within("\(context): error authorizing update") { () throws(ConfigError) in
            let result = try ConfigUpdateJudge(self).result(of: envelope)
            try ConfigUpdateJudge.checkIsUsed(envelope, in: result)
            return result
        }
        let next = try ConfigError.within(context) { () throws(ConfigError) in
            let next = try ChannelConfiguration(channelID: channelID, config: result, resolvers: resolvers)
            try checkStep(to: next)
            return next
        }
        try ConfigError.within("config update for existing channel did not pass maintenance checks") {
            () throws(ConfigError) in try OrderingStep(from: self, to: next).check(envelope)
        }
        return (ConfigEnvelope(config: result, lastUpdate: update), next)
    }

    /// The configuration that a CONFIG transaction of this channel brings.
    ///
    /// Every peer repeats what the orderer did with the update and compares, as messages.
    ///
    /// - Throws: ``ConfigError``. The block that holds the transaction must not be committed: a peer stops there.
    package func following(_ transaction: ConfigTransaction) throws(ConfigError) -> ChannelConfiguration {
        guard transaction.channelID == channelID else {
            throw ConfigError(
                .wrongChannel,
                "The CONFIG transaction is for channel \"\(transaction.channelID)\", this is \"\(channelID)\".")
        }
        guard let config = transaction.envelope.config, let update = transaction.envelope.lastUpdate else {
            throw ConfigError(
                .malformed, "The CONFIG transaction holds no configuration, or not the update that led to it.")
        }
        let expected = try ConfigUpdateJudge(self).result(of: ConfigTransaction.update(decoding: update))
        guard config.sequence == expected.sequence else {
            throw ConfigError(
                .wrongResult,
                "The CONFIG transaction claims sequence \(config.sequence); after \(sequence) comes \(expected.sequence)."
            )
        }
        guard config.channelGroup == expected.channelGroup else {
            throw ConfigError(
                .wrongResult, "The CONFIG transaction holds another configuration than its update leads to.")
        }
        let next = try ChannelConfiguration(channelID: channelID, config: config, resolvers: resolvers)
        try checkStep(to: next)
        return next
    }

    /// What no configuration may change, whoever signs.
    private func checkStep(to next: ChannelConfiguration) throws(ConfigError) {
        let types = (orderer.consensusType.type, next.orderer.consensusType.type)
        if types.0 != types.1, !capabilities.allowsOrganizationEndpoints {
            throw ConfigError(
                .notAllowed,
                "The consensus type cannot change from \(types.0) to \(types.1) below channel capability V1_4_2.",
                stock: "attempted to change consensus type from \(types.0) to \(types.1)")
        }
        let pairs = [
            ("orderer", orderer.organizations, next.orderer.organizations),
            ("application", application.organizations, next.application.organizations),
        ]
        for (kind, old, new) in pairs {
            let mspIDs = Dictionary(new.map { ($0.name, $0.mspID) }) { first, _ in first }
            for organization in old {
                guard let mspID = mspIDs[organization.name], mspID != organization.mspID else { continue }
                throw ConfigError(
                    .notAllowed,
                    "The MSP ID of organisation \"\(organization.name)\" cannot change from \(organization.mspID) to "
                        + "\(mspID). Add a new organisation instead.",
                    stock: "\(kind) org \(organization.name) attempted to change MSP ID from \(organization.mspID) to "
                        + "\(mspID)")
            }
        }
    }
}
