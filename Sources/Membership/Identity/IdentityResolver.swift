package import FabricTypes

/// Reads and judges identities by the MSPs of one channel and config sequence, or by a node's own MSP.
///
/// The in-memory twin for tests is ``ChannelMSPs`` itself: it holds no resource. Safe to call from any thread.
package protocol IdentityResolver: Sendable {
    /// Reads an identity. That it can be read does not make it valid.
    ///
    /// - Throws: ``IdentityError`` when the bytes, the MSP or the certificate cannot be read.
    func identity(_ serialized: Bytes) throws(IdentityError) -> Identity

    /// Checks the certificate path, revocation and organisational units. Expiry is not checked: it must not depend on
    /// the clock when a block is judged.
    func validate(_ identity: Identity) throws(IdentityError)

    /// Whether the identity is valid and is whom the principal asks for.
    func satisfies(_ identity: Identity, _ principal: MSPPrincipal) -> Bool

    /// Whether `signature` is the identity's over the parts read as one run of bytes.
    func isSignature(_ signature: Bytes, of message: [Bytes], by identity: Identity) -> Bool
}
