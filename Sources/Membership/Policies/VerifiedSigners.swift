package import FabricTypes

/// The distinct identities of a signature set whose signatures hold, in the order of the set.
///
/// Made once and then weighed by any number of policies: reading identities and verifying signatures is the expensive
/// part. That an identity is listed does not make it valid; principals check that. Source: Fabric's
/// `policies.SignatureSetToValidIdentities`.
package struct VerifiedSigners: Sendable {
    /// A signature that does not count, and why.
    package struct Rejection: Hashable, Sendable {
        /// Position in the signature set.
        package let index: Int
        package let reason: Reason

        package enum Reason: Hashable, Sendable {
            case unreadable(IdentityError)
            case wrongSignature(MSPID)
            /// The identity counts already, by an earlier signature.
            case duplicate(MSPID)
        }
    }

    package let identities: [Identity]
    package let rejections: [Rejection]
    /// The rules by which ``identities`` were read and by which policies judge them.
    package let resolver: any IdentityResolver

    /// Reads and verifies a signature set.
    ///
    /// An identity counts as seen only once a signature of its verified, so a wrong signature does not hide a right one
    /// that follows; a right one spares the work of all that follow.
    package init(_ signatureSet: [SignedData], resolver: any IdentityResolver) {
        var identities: [Identity] = []
        var rejections: [Rejection] = []
        var seen: Set<IdentityIdentifier> = []
        for (index, claim) in signatureSet.enumerated() {
            let identity: Identity
            do throws(IdentityError) {
                identity = try resolver.identity(claim.identity)
            } catch {
                rejections.append(Rejection(index: index, reason: .unreadable(error)))
                continue
            }
            if seen.contains(identity.identifier) {
                rejections.append(Rejection(index: index, reason: .duplicate(identity.mspID)))
            } else if resolver.isSignature(claim.signature, of: claim.message, by: identity) {
                seen.insert(identity.identifier)
                identities.append(identity)
            } else {
                rejections.append(Rejection(index: index, reason: .wrongSignature(identity.mspID)))
            }
        }
        self.identities = identities
        self.rejections = rejections
        self.resolver = resolver
    }

    /// Identities that are taken as they are, for questions such as "would these satisfy the policy?".
    package init(assuming identities: [Identity], resolver: any IdentityResolver) {
        self.identities = identities
        self.rejections = []
        self.resolver = resolver
    }
}

extension VerifiedSigners.Rejection: CustomStringConvertible {
    package var description: String {
        switch reason {
        case .unreadable(let error): "signature \(index + 1): \(error.message)"
        case .wrongSignature(let mspID): "signature \(index + 1) is not the \(mspID) signer's over this message"
        case .duplicate(let mspID): "signature \(index + 1) is another one of the same \(mspID) signer"
        }
    }
}
