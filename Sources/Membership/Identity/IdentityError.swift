/// Why an identity cannot be read or is not valid.
///
/// Never worth a retry with the same identity and configuration.
package struct IdentityError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// The bytes are no serialized identity.
        case malformed
        /// No MSP of the channel has this name.
        case unknownMSP
        /// The certificate cannot be parsed or its key is of a kind that is not accepted.
        case unusableCertificate
        /// The certificate does not chain to the MSP's roots as the rules demand.
        case untrusted
        /// The certificate's issuer has revoked it.
        case revoked
        /// The organisational units do not make it exactly one of client, peer, admin, orderer.
        case unclassified
    }

    package let code: Code
    /// A whole sentence: what is wrong with which identity.
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
