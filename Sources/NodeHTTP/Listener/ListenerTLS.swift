internal import NIOSSL

/// A listener's certificate, and who may have issued those that callers must show.
package struct ListenerTLS: Sendable {
    let context: NIOSSLContext

    /// - Parameters:
    ///   - certificate: PEM text with the listener's certificate and those between it and its authority.
    ///   - key: PEM text. A secret.
    ///   - clientAuthorities: PEM texts. Empty: callers show no certificate; else only those whom one of them vouches for
    ///     get through the handshake.
    /// - Throws: ``ListenerTLSError`` naming what cannot be used.
    package init(certificate: [UInt8], key: [UInt8], clientAuthorities: [[UInt8]] = []) throws(ListenerTLSError) {
        let chain = try Self.certificates(certificate, what: "The listener's certificate")
        let privateKey: NIOSSLPrivateKey
        do {
            privateKey = try NIOSSLPrivateKey(bytes: key, format: .pem)
        } catch {
            throw ListenerTLSError(message: "The listener's private key is no PEM text of a key that can be used.")
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(privateKey))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        if !clientAuthorities.isEmpty {
            var authorities: [NIOSSLCertificate] = []
            for text in clientAuthorities {
                authorities += try Self.certificates(text, what: "The certificate of an authority of callers")
            }
            configuration.trustRoots = .certificates(authorities)
            configuration.certificateVerification = .noHostnameVerification
        }
        do {
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            throw ListenerTLSError(
                message: "The listener's certificate and private key cannot be used together (\(error)).")
        }
    }

    private static func certificates(
        _ text: [UInt8], what: String
    ) throws(ListenerTLSError) -> [NIOSSLCertificate] {
        guard let certificates = try? NIOSSLCertificate.fromPEMBytes(text), !certificates.isEmpty else {
            throw ListenerTLSError(message: "\(what) is no PEM text of a certificate.")
        }
        return certificates
    }
}

/// A certificate or key that a listener cannot use.
package struct ListenerTLSError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A whole sentence.
    package let message: String

    package var description: String { message }
}
