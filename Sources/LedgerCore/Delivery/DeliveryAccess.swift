internal import FabricTypes
internal import Membership

/// Whether a client may still read: asked before every block, judged anew when the configuration has changed.
///
/// Source: Fabric's `deliver.SessionAccessControl`.
struct DeliveryAccess {
    private let signedData: SignedData
    /// In seconds since 1970; nil for an identity that does not expire.
    private let expiresAt: Int64?
    private var judgedSequence: UInt64?

    init(_ signedData: SignedData) {
        self.signedData = signedData
        expiresAt = Certificate.expiry(ofIdentity: signedData.identity)
    }

    /// - Throws: ``SeekRefusal`` `forbidden`.
    mutating func check(_ chain: some DeliveryChain, now: Timestamp) throws(SeekRefusal) {
        if let expiresAt, (now.seconds, now.nanoseconds) > (expiresAt, 0) {
            throw SeekRefusal(.forbidden, "The client's identity has expired.")
        }
        // Read before the rule is applied: a change in between is judged with the next block.
        let sequence = chain.configurationSequence
        guard judgedSequence != sequence else { return }
        do throws(PolicyError) {
            try chain.checkAccess(signedData)
        } catch {
            throw SeekRefusal(.forbidden, "The client may not read this channel. \(error)")
        }
        judgedSequence = sequence
    }
}
