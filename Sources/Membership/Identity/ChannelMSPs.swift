package import FabricTypes
internal import Synchronization

/// The MSPs of one channel at one config sequence, or a node's own: reads and judges identities.
///
/// Made anew from every configuration, so nothing that was learned under an older one survives. Identities are kept by
/// their bytes once they were found valid, at most ``identityCountMax`` of them, and the answers about them with them;
/// what is not valid is judged again each time. Signatures are remembered in a table that channels may share.
///
/// Safe to call from any thread. Nothing here looks at a clock.
package final class ChannelMSPs: IdentityResolver {
    /// How many identities are kept. At the bound the ones not used lately are forgotten.
    package static let identityCountMax = 100_000
    /// Larger identities are not kept: a certificate may come with any amount of text around it.
    static let keptByteCountMax = 16 * 1024

    package let version: MSPVersion
    private let msps: [MSPID: MSP]
    private let verifier: SignatureVerifier
    private let records = Mutex(BoundedCache<Bytes, IdentityRecord>(entryCountMax: identityCountMax))

    /// - Parameters:
    ///   - configs: the MSP configurations of all organisations of the channel. Two may have one name if they are equal.
    ///   - version: what the channel's capabilities give; a node's own MSP has the newest.
    ///   - signatures: may be shared by all channels of a process.
    /// - Throws: ``MSPConfigError`` for the first configuration from which no MSP can be made.
    package init(
        _ configs: some Sequence<MSPConfig>, version: MSPVersion, signatures: SignatureTable
    ) throws(MSPConfigError) {
        var msps: [MSPID: MSP] = [:]
        var sources: [MSPID: MSPConfig] = [:]
        for config in configs {
            let msp = try MSP(config, version: version)
            guard !msp.id.bytes.isEmpty else {
                throw MSPConfigError(.malformed, msp.id, "An MSP is configured without a name.")
            }
            if let source = sources[msp.id] {
                guard source == config else {
                    throw MSPConfigError(
                        .conflictingDefinitions, msp.id,
                        "MSP \"\(msp.id)\" is configured twice and differently: make both configurations equal.")
                }
                continue
            }
            sources[msp.id] = config
            msps[msp.id] = msp
        }
        self.version = version
        self.msps = msps
        verifier = SignatureVerifier(table: signatures)
    }

    package var mspIDs: Set<MSPID> { Set(msps.keys) }

    package func msp(_ id: MSPID) -> MSP? { msps[id] }

    package func identity(_ serialized: Bytes) throws(IdentityError) -> Identity {
        Identity(try record(serialized))
    }

    private func record(_ serialized: Bytes) throws(IdentityError) -> IdentityRecord {
        if let known = records.withLock({ $0.value(for: serialized) }) { return known }
        let message: SerializedIdentity
        do throws(WireError) {
            message = try SerializedIdentity(decoding: serialized)
        } catch {
            throw IdentityError(.malformed, "An identity cannot be read. \(error)")
        }
        guard let msp = msps[MSPID(unchecked: message.mspID)] else {
            throw IdentityError(
                .unknownMSP, "An identity claims MSP \"\(message.mspID.lossyText)\", which the channel does not have.")
        }
        let candidate = try msp.candidate(pemText: message.idBytes)
        return IdentityRecord(serialized: serialized, msp: msp, candidate: candidate)
    }

    package func validate(_ identity: Identity) throws(IdentityError) {
        let record = try currentRecord(of: identity)
        if record.isKnownToBeValid { return }
        try record.validate()
        keep(record)
    }

    package func satisfies(_ identity: Identity, _ principal: MSPPrincipal) -> Bool {
        // Who cannot be read is nobody.
        guard let record = try? currentRecord(of: identity) else { return false }
        let wasKnownToBeValid = record.isKnownToBeValid
        let isSatisfied = record.satisfies(principal)
        if !wasKnownToBeValid, record.isKnownToBeValid { keep(record) }
        return isSatisfied
    }

    package func isSignature(_ signature: Bytes, of message: [Bytes], by identity: Identity) -> Bool {
        guard let key = identity.certificate?.publicKey else { return false }
        return verifier.isSignature(signature, of: message, by: key)
    }

    /// The record under this configuration: an identity may have been read under an older one.
    private func currentRecord(of identity: Identity) throws(IdentityError) -> IdentityRecord {
        guard let record = identity.record else {
            throw IdentityError(.malformed, "An identity of MSP \"\(identity.mspID)\" comes without its certificate.")
        }
        return record.msp === msps[identity.mspID] ? record : try self.record(record.serialized)
    }

    private func keep(_ record: IdentityRecord) {
        guard record.serialized.count <= Self.keptByteCountMax else { return }
        records.withLock { $0.insert(record, for: record.serialized) }
    }
}
