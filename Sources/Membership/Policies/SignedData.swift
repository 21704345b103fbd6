package import FabricTypes

/// One claim that a policy is asked to weigh: somebody signed this message.
package struct SignedData: Hashable, Sendable {
    /// The signer's encoded `SerializedIdentity`, as received.
    package let identity: Bytes
    /// What was signed: the parts read as one run of bytes.
    package let message: [Bytes]
    package let signature: Bytes

    package init(identity: Bytes, message: [Bytes], signature: Bytes) {
        self.identity = identity
        self.message = message
        self.signature = signature
    }
}
