package import FabricTypes

/// How many of n consenters must agree so that two quorums always share an honest one.
package enum BFTQuorum {
    /// How many of n consenters may be faulty.
    package static func faultyCountMax(of consenterCount: Int) -> Int {
        consenterCount > 0 ? (consenterCount - 1) / 3 : 0
    }

    package static func size(of consenterCount: Int) -> Int {
        // (n + f + 1) / 2, rounded up.
        (consenterCount + faultyCountMax(of: consenterCount) + 2) / 2
    }
}

extension SignaturePolicyEnvelope {
    /// The policy for block signatures of a BFT channel: a quorum of exactly these identities.
    ///
    /// Source: Fabric's `policies.EncodeBFTBlockVerificationPolicy`.
    package init(quorumOf consenters: [Consenter]) {
        let leaves = consenters.indices.map { SignaturePolicy.signedBy(Int32(clamping: $0)) }
        self.init(
            rule: .nOutOf(Int32(clamping: BFTQuorum.size(of: consenters.count)), leaves),
            identities: consenters.map { MSPPrincipal($0.serializedIdentity) })
    }
}

extension Consenter {
    package var serializedIdentity: SerializedIdentity {
        SerializedIdentity(mspID: MSPID(unchecked: mspID), idBytes: identity)
    }
}
