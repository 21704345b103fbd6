internal import FabricTypes

/// Decides whether an update may change a configuration, and what comes out.
///
/// Source: Fabric's `configtx.ValidatorImpl`.
struct ConfigUpdateJudge {
    let configuration: ChannelConfiguration
    private let current: ConfigElements

    init(_ configuration: ChannelConfiguration) throws(ConfigError) {
        self.configuration = configuration
        self.current = try ConfigElements(configuration.channelGroup)
    }

    /// The configuration that the update leads to, if its signatures suffice. Its rules are not yet checked.
    ///
    /// - Throws: ``ConfigError`` with the first thing wrong, elements taken in the order of their paths.
    func result(of envelope: ConfigUpdateEnvelope) throws(ConfigError) -> Config {
        let update: ConfigUpdate
        do throws(WireError) {
            update = try ConfigUpdate(decoding: envelope.configUpdate)
        } catch {
            throw ConfigError(.malformed, "The config update cannot be read: \(error)")
        }
        let channelID = configuration.channelID
        guard update.channelID == Bytes(channelID.rawValue) else {
            throw ConfigError(
                .wrongChannel,
                "The config update is for channel \"\(update.channelID.lossyText.prefix(300))\", this is \"\(channelID)\"."
            )
        }
        let readSet = try ConfigElements(update.readSet)
        try checkReadSet(readSet)
        let delta = try delta(readSet: readSet, writeSet: ConfigElements(update.writeSet))
        try authorize(delta, signatureSet: try Self.signatureSet(envelope))

        var result = current
        for (id, element) in delta { result[id] = element }
        let (sequence, isOverflow) = configuration.sequence.addingReportingOverflow(1)
        guard !isOverflow else {
            throw ConfigError(.notAllowed, "The configuration of channel \"\(channelID)\" is at its last sequence.")
        }
        return Config(sequence: sequence, channelGroup: try result.tree())
    }

    private func checkReadSet(_ readSet: ConfigElements) throws(ConfigError) {
        for (id, element) in readSet.table.sorted(by: { $0.key < $1.key }) {
            guard let existing = current[id] else {
                throw ConfigError(.wrongVersion, "The update relies on the \(id), which does not exist.")
            }
            guard existing.version == element.version else {
                throw ConfigError(
                    .wrongVersion,
                    "The update relies on version \(element.version) of the \(id), which is at version "
                        + "\(existing.version) now. Make the update anew from the current configuration.")
            }
        }
    }

    /// What the update changes, in the order of paths.
    private func delta(
        readSet: ConfigElements, writeSet: ConfigElements
    ) throws(ConfigError) -> [(ConfigElementID, ConfigElement)] {
        let delta = writeSet.table.filter { id, element in readSet[id]?.version != element.version }
        guard !delta.isEmpty else {
            throw ConfigError(.nothingChanges, "The config update changes nothing: every version is as it was.")
        }
        return delta.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private func authorize(
        _ delta: [(ConfigElementID, ConfigElement)], signatureSet: [SignedData]
    ) throws(ConfigError) {
        let signers = configuration.policies.verify(signatureSet)
        var satisfied: Set<String> = []
        for (id, element) in delta {
            try Self.checkModPolicy(element.modPolicy, of: id)
            guard let existing = current[id] else {
                guard element.version == 0 else {
                    throw ConfigError(
                        .wrongVersion,
                        "The update sets version \(element.version) of the \(id), which is new: give it 0.")
                }
                continue
            }
            guard existing.version < UInt64.max, element.version == existing.version + 1 else {
                throw ConfigError(
                    .wrongVersion,
                    "The update sets version \(element.version) of the \(id), which is at version \(existing.version). "
                        + "Make the update anew from the current configuration.")
            }
            guard let policy = configuration.policies.policy(existing.modPolicy, relativeTo: existing.policyGroup)
            else {
                throw ConfigError(
                    .notAuthorized,
                    "The \(id) can be changed by nobody: its policy \"\(existing.modPolicy.lossyText)\" does not exist."
                )
            }
            if satisfied.contains(policy.name) { continue }
            do throws(PolicyError) {
                try policy.check(signers)
            } catch {
                throw ConfigError(
                    .notAuthorized, "The \(id) may not be changed: \(error.message)", missing: error.missing)
            }
            satisfied.insert(policy.name)
        }
    }

    /// The path in `mod_policy`: names joined by slashes, perhaps with one in front.
    private static func checkModPolicy(_ modPolicy: Bytes, of id: ConfigElementID) throws(ConfigError) {
        guard !modPolicy.isEmpty else {
            throw ConfigError(
                .invalidModPolicy, "The update gives the \(id) no mod_policy; \"Admins\" is the usual one.")
        }
        let slash = UInt8(ascii: "/")
        let path = modPolicy.first == slash ? modPolicy[1...] : modPolicy
        for part in path.split(separator: slash, omittingEmptySubsequences: false) {
            if let reason = ConfigElements.reasonToRefuse(name: part) {
                throw ConfigError(
                    .invalidModPolicy,
                    "The update gives the \(id) the mod_policy \"\(modPolicy.lossyText.prefix(300))\": \(reason).")
            }
        }
    }

    private static func signatureSet(_ envelope: ConfigUpdateEnvelope) throws(ConfigError) -> [SignedData] {
        var signatureSet: [SignedData] = []
        for (index, signature) in envelope.signatures.enumerated() {
            do throws(WireError) {
                let header = try SignatureHeader(decoding: signature.signatureHeader)
                signatureSet.append(
                    SignedData(
                        identity: header.creator, message: [signature.signatureHeader, envelope.configUpdate],
                        signature: signature.signature))
            } catch {
                throw ConfigError(.malformed, "Signature \(index + 1) of the config update cannot be read: \(error)")
            }
        }
        return signatureSet
    }
}
