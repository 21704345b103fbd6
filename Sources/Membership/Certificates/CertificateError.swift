/// A certificate, revocation list or key that cannot be read.
///
/// Never worth a retry with the same bytes.
package struct CertificateError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// There is no PEM block in the text.
        case noPEMBlock
        /// The block's content is not what its place demands.
        case malformed
        /// It is readable, and of a kind that Duet does not use.
        case unsupported
    }

    package let code: Code
    /// A whole sentence: what cannot be read and why.
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
