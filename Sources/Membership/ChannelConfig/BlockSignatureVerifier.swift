package import FabricTypes

/// Judges the orderers' signatures under blocks by the policy /Channel/Orderer/BlockValidation.
///
/// Belongs to one configuration: a config block is judged by the one before it, the next block by the one it brings.
/// Source: Fabric's `protoutil.BlockSignatureVerifier`.
package struct BlockSignatureVerifier: Sendable {
    private let policy: ChannelPolicy
    private let resolver: any IdentityResolver
    private let allowsIdentifier: Bool
    /// Encoded identities by consenter id; of several with one id the first.
    private let consenters: [UInt32: Bytes]

    package init(_ configuration: ChannelConfiguration) {
        policy = configuration.policies[.blockValidation]
        resolver = configuration.resolver
        allowsIdentifier = configuration.capabilities.allowsBFT
        consenters = Dictionary(
            configuration.orderer.consenters.map { ($0.id, $0.serializedIdentity.encoded()) }
        ) { first, _ in first }
    }

    /// - Throws: ``WireError`` if the signatures cannot be read, ``PolicyError`` if they do not suffice.
    package func verify(header: BlockHeader, metadata: BlockMetadata) throws {
        try policy.check(VerifiedSigners(signatureSet(header: header, metadata: metadata), resolver: resolver))
    }

    /// What each signature of slot 0 claims, in order; those of unknown consenters are left out.
    func signatureSet(header: BlockHeader, metadata: BlockMetadata) throws(WireError) -> [SignedData] {
        let slot = try Metadata(decoding: metadata[.signatures])
        let headerBytes = header.derBytes
        var signatureSet: [SignedData] = []
        for signature in slot.signatures {
            if allowsIdentifier, signature.namesConsenterByIdentifier {
                let identifier = try IdentifierHeader(decoding: signature.identifierHeader).identifier
                guard let identity = consenters[identifier] else { continue }
                signatureSet.append(
                    SignedData(
                        identity: identity, message: [slot.value, signature.identifierHeader, headerBytes],
                        signature: signature.signature))
            } else {
                let signatureHeader = try SignatureHeader(decoding: signature.signatureHeader)
                signatureSet.append(
                    SignedData(
                        identity: signatureHeader.creator,
                        message: [slot.value, signature.signatureHeader, headerBytes],
                        signature: signature.signature))
            }
        }
        return signatureSet
    }
}
