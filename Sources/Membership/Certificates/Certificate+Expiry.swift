package import FabricTypes

extension Certificate {
    /// When the certificate in a serialized identity expires, in seconds since 1970-01-01 00:00 UTC, or nil if there is
    /// none to be read.
    ///
    /// Where expiry is enforced (endorsement, broadcast, deliver) it is looked at before the identity is judged and
    /// whatever MSP it claims; bytes without a certificate do not expire. Source: Fabric's `common/crypto/expiration.go`.
    package static func expiry(ofIdentity serialized: Bytes) -> Int64? {
        guard let identity = try? SerializedIdentity(decoding: serialized) else { return nil }
        return (try? Certificate(pemText: identity.idBytes))?.notAfter
    }
}
