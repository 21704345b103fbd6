internal import FabricTypes

/// A change of configuration as orderers look at it: how consensus may change.
///
/// Peers do not check this. Source: Fabric's `msgprocessor.MaintenanceFilter`, `etcdraft.ValidateConsensusMetadata` and
/// `smartbft.ConfigBlockValidator`.
struct OrderingStep {
    private let old: OrdererConfiguration
    private let new: OrdererConfiguration
    private let oldCapabilities: ChannelCapabilities
    private let newBlockValidation: ChannelPolicy

    init(from old: ChannelConfiguration, to new: ChannelConfiguration) {
        self.old = old.orderer
        self.new = new.orderer
        oldCapabilities = old.capabilities
        newBlockValidation = new.policies[.blockValidation]
    }

    /// - Throws: ``ConfigError`` `notAllowed` or `invalidValue`.
    func check(_ envelope: ConfigUpdateEnvelope) throws(ConfigError) {
        try checkMaintenance(envelope)
        if let metadata = try new.raftMetadata() {
            try Self.check(metadata)
            if let before = try old.raftMetadata() { try checkConsenters(from: before, to: metadata) }
        }
        if new.consensusType.type == OrdererConfiguration.bft { try checkBFT() }
    }

    private func checkMaintenance(_ envelope: ConfigUpdateEnvelope) throws(ConfigError) {
        let (oldType, newType) = (old.consensusType, new.consensusType)
        guard newType.stateNumber == 0 || newType.stateNumber == 1 else {
            throw ConfigError(
                .invalidValue, "The consensus state \(newType.stateNumber) is neither normal nor maintenance.")
        }
        guard oldCapabilities.orderer >= .v142 else {
            if newType.stateNumber != 0 || oldType.type != newType.type {
                throw ConfigError(.notAllowed, "Maintenance and a change of consensus need orderer capability V1_4_2.")
            }
            return
        }
        if oldType.stateNumber != newType.stateNumber {
            guard oldType.type == newType.type, oldType.metadata == newType.metadata else {
                throw ConfigError(
                    .notAllowed,
                    "Entering or leaving maintenance cannot change type or metadata of the consensus as well.")
            }
            try Self.checkChangesConsensusTypeOnly(envelope)
        }
        if oldType.type != newType.type {
            guard oldType.stateNumber == 1, newType.stateNumber == 1 else {
                throw ConfigError(
                    .notAllowed,
                    "The consensus type can change from \(oldType.type) to \(newType.type) only while the channel is in "
                        + "maintenance. Enter maintenance with an update of its own first.")
            }
            guard newType.type == OrdererConfiguration.bft else {
                throw ConfigError(
                    .notAllowed, "The consensus type cannot change from \(oldType.type) to \(newType.type).")
            }
            try checkSameConsenters()
        }
    }

    /// The update may touch nothing but /Channel/Orderer/ConsensusType.
    private static func checkChangesConsensusTypeOnly(_ envelope: ConfigUpdateEnvelope) throws(ConfigError) {
        // The judge has decoded the same bytes.
        let writeSet = (try? ConfigUpdate(decoding: envelope.configUpdate))?.writeSet ?? ConfigGroup()
        let orderer = writeSet.groups[ConfigKey.orderer]
        guard
            writeSet.values.isEmpty, writeSet.groups.count == 1, let orderer, orderer.groups.isEmpty,
            orderer.values.count == 1, orderer.values[ConfigKey.consensusType] != nil
        else {
            throw ConfigError(
                .notAllowed,
                "Entering or leaving maintenance must be the only change of its update: take everything but "
                    + "/Channel/Orderer/ConsensusType out of the write set.")
        }
    }

    private static func check(_ metadata: RaftConfigMetadata) throws(ConfigError) {
        func refuse(_ reason: String) -> ConfigError {
            ConfigError(.invalidValue, "The metadata in /Channel/Orderer/ConsensusType is not valid: \(reason).")
        }
        guard let options = metadata.options else { throw refuse("it has no options") }
        guard options.heartbeatTick > 0, options.electionTick > 0, options.maxInflightBlocks > 0 else {
            throw refuse("heartbeat_tick, election_tick and max_inflight_blocks must be at least 1")
        }
        guard options.electionTick > options.heartbeatTick else {
            throw refuse("election_tick must be more than heartbeat_tick")
        }
        guard let interval = GoDuration.parse(options.tickInterval), interval != .zero else {
            throw refuse(
                "tick_interval \"\(options.tickInterval.prefix(80))\" is no duration with a unit, such as \"500ms\"")
        }
        guard !metadata.consenters.isEmpty else { throw refuse("it has no consenters") }
        var seen: Set<Bytes> = []
        for consenter in metadata.consenters {
            let certificates = Set([consenter.serverTLSCertificate, consenter.clientTLSCertificate])
            for certificate in certificates.sorted() where !isCertificate(certificate) {
                throw refuse("a TLS certificate of consenter \(consenter.host):\(consenter.port) cannot be read")
            }
            guard seen.isDisjoint(with: certificates) else {
                throw refuse("consenter \(consenter.host):\(consenter.port) has the TLS certificate of another one")
            }
            seen.formUnion(certificates)
        }
    }

    private static func isCertificate(_ pem: Bytes) -> Bool {
        (try? Certificate(pemText: pem)) != nil
    }

    /// At most one consenter comes, one goes, or one gets new certificates.
    private func checkConsenters(
        from old: RaftConfigMetadata, to new: RaftConfigMetadata
    ) throws(ConfigError) {
        let before = Set(old.consenters.map(\.clientTLSCertificate))
        let after = Set(new.consenters.map(\.clientTLSCertificate))
        let (addedCount, removedCount) = (after.subtracting(before).count, before.subtracting(after).count)
        guard addedCount <= 1, removedCount <= 1 else {
            throw ConfigError(
                .notAllowed,
                "The update adds \(addedCount) consenters and removes \(removedCount). Change one in each update.")
        }
    }

    /// The consenters of the old kind of consensus are those of the new one.
    private func checkSameConsenters() throws(ConfigError) {
        let raft = try old.raftMetadata()?.consenters ?? []
        let known = Set(
            raft.map { [$0.serverTLSCertificate, $0.clientTLSCertificate, Bytes("\($0.host):\($0.port)")] })
        let named = Set(
            new.consenters.map { [$0.serverTLSCertificate, $0.clientTLSCertificate, Bytes("\($0.host):\($0.port)")] })
        guard !new.consenters.isEmpty, raft.count == new.consenters.count, known == named else {
            throw ConfigError(
                .notAllowed,
                "The value /Channel/Orderer/Orderers must list exactly the consenters that the channel has now.")
        }
    }

    private func checkBFT() throws(ConfigError) {
        guard newBlockValidation.signaturePolicy == SignaturePolicyEnvelope(quorumOf: new.consenters) else {
            throw ConfigError(
                .invalidValue,
                "The policy /Channel/Orderer/BlockValidation of a BFT channel must ask for a quorum of its consenters.")
        }
    }
}
