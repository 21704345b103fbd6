extension MetadataSignature {
    /// The bytes this signature covers.
    ///
    /// - Parameters:
    ///   - value: ``Metadata/value`` of the slot the signature stands in, as received.
    ///   - allowsIdentifier: whether the channel has capability `V3_0`, under which a consenter may be named by number.
    package func signedBytes(value: Bytes, header: BlockHeader, allowsIdentifier: Bool) -> Bytes {
        let isByIdentifier = allowsIdentifier && namesConsenterByIdentifier
        return Bytes(joining: [value, isByIdentifier ? identifierHeader : signatureHeader, header.derBytes])
    }

    /// Whether the signer is the consenter of ``IdentifierHeader/identifier`` and not a creator in the header.
    package var namesConsenterByIdentifier: Bool {
        signatureHeader.isEmpty && !identifierHeader.isEmpty
    }
}
