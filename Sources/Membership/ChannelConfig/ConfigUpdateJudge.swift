internal import FabricTypes

/// Decides whether an update may change a configuration, and what comes out.
///
/// Source: Fabric's `configtx.ValidatorImpl`.
struct ConfigUpdateJudge {
    private let configuration: ChannelConfiguration

    init(_ configuration: ChannelConfiguration) {
        self.configuration = configuration
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
                "The config update is for channel \"\(update.channelID.lossyText.prefix(300))\", this is \"\(channelID)\".",
                stock:
                    "ConfigUpdate for channel '\(update.channelID.lossyText)' but envelope for channel '\(channelID)'")
        }
        let delta = try ConfigDelta(update, to: ConfigElements(configuration.channelGroup))
        let signers = configuration.policies.verify(try Self.signatureSet(envelope))
        try ConfigError.within("error validating DeltaSet") { () throws(ConfigError) in
            try authorize(delta, signers: signers)
        }
        let (sequence, isOverflow) = configuration.sequence.addingReportingOverflow(1)
        guard !isOverflow else {
            throw ConfigError(.notAllowed, "The configuration of channel \"\(channelID)\" is at its last sequence.")
        }
        return Config(sequence: sequence, channelGroup: try delta.result())
    }

    private func authorize(_ delta: ConfigDelta, signers: VerifiedSigners) throws(ConfigError) {
        var satisfied: Set<String> = []
        for (id, element) in delta.changes {
            try Self.checkModPolicy(element.modPolicy, of: id)
            guard let existing = delta.existing(id) else {
                guard element.version == 0 else {
                    throw ConfigError(
                        .wrongVersion,
                        "The update sets version \(element.version) of the \(id), which is new: give it 0.",
                        stock:
                            "attempted to set key \(id.stockName) to version \(element.version), but key does not exist"
                    )
                }
                // Something new needs no consent of its own: the group it joins changes with it.
                continue
            }
            guard existing.version < UInt64.max, element.version == existing.version + 1 else {
                throw ConfigError(
                    .wrongVersion,
                    "The update sets version \(element.version) of the \(id), which is at version \(existing.version). "
                        + "Make the update anew from the current configuration.",
                    stock: "attempt to set key \(id.stockName) to version \(element.version), but key is at version "
                        + "\(existing.version)")
            }
            let policy = try policy(for: existing, id)
            if satisfied.contains(policy.name) { continue }
            do throws(PolicyError) {
                try policy.check(signers)
            } catch {
                throw ConfigError(
                    .notAuthorized, "The \(id) may not be changed: \(error.message)",
                    stock: "policy for \(id.stockName) not satisfied: \(error.stockMessage)", missing: error.missing)
            }
            satisfied.insert(policy.name)
        }
    }

    /// The policy that the element names now, not the one it will name.
    private func policy(for existing: ConfigElement, _ id: ConfigElementID) throws(ConfigError) -> ChannelPolicy {
        guard
            let policy = configuration.policies.policy(existing.modPolicy, relativeTo: existing.policyGroup)
        else {
            throw ConfigError(
                .notAuthorized,
                "The \(id) can be changed by nobody: its policy \"\(existing.modPolicy.lossyText)\" does not exist.",
                stock: "unexpected missing policy \(existing.modPolicy.lossyText) for item \(id.stockName)")
        }
        return policy
    }

    /// The path in `mod_policy`: names joined by slashes, perhaps with one in front.
    private static func checkModPolicy(_ modPolicy: Bytes, of id: ConfigElementID) throws(ConfigError) {
        guard !modPolicy.isEmpty else {
            throw ConfigError(
                .invalidModPolicy, "The update gives the \(id) no mod_policy; \"Admins\" is the usual one.",
                stock: "invalid mod_policy for element \(id.stockName): mod_policy not set")
        }
        let slash = UInt8(ascii: "/")
        let path = modPolicy.first == slash ? modPolicy[1...] : modPolicy
        for (index, part) in path.split(separator: slash, omittingEmptySubsequences: false).enumerated() {
            if let reason = ConfigElements.reasonToRefuse(name: part) {
                throw ConfigError(
                    .invalidModPolicy,
                    "The update gives the \(id) the mod_policy \"\(modPolicy.lossyText.prefix(300))\": \(reason).",
                    stock: "invalid mod_policy for element \(id.stockName): path element at \(index) is invalid: "
                        + ConfigElements.stockReason(name: part))
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

    /// Refuses an update that sets an element which its group then does not list: it would vanish unnoticed.
    ///
    /// Stock nodes let it pass, so a peer must; an orderer need not take it.
    static func checkIsUsed(_ envelope: ConfigUpdateEnvelope, in result: Config) throws(ConfigError) {
        // The judge has decoded the same bytes.
        guard let update = try? ConfigUpdate(decoding: envelope.configUpdate) else { return }
        let elements = try ConfigElements(result.channelGroup)
        let unused = try ConfigElements(update.writeSet).table.keys.sorted().first { elements[$0] == nil }
        if let unused {
            throw ConfigError(
                .wrongVersion, "The update sets the \(unused), but does not raise the version of the group it is in.")
        }
    }
}
