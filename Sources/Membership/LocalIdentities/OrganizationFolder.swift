package import FabricTypes

/// One organisation's folder in the layout of cryptogen, read as values.
///
/// `files` maps paths below `peerOrganizations/<domain>` or `ordererOrganizations/<domain>` to contents.
package struct OrganizationFolder: Sendable {
    /// A folder of `peers`, `orderers` or `users`.
    package struct Member: Sendable {
        /// The folder's name: `peer0.org1.example.com`, `User1@org1.example.com`.
        package let name: String
        package let msp: MSPFolder
        /// Nil if the member has no TLS files.
        package let tls: TLSFiles?
    }

    /// What a server or client needs for TLS, as PEM texts.
    package struct TLSFiles: Hashable, Sendable {
        package let authorities: Bytes
        package let certificate: Bytes
        /// A secret.
        package let key: Bytes
    }

    package let domain: String
    package let files: [String: Bytes]

    package init(domain: String, files: [String: Bytes]) {
        self.domain = domain
        self.files = files
    }

    /// The MSP by which others judge the organisation's identities.
    package var msp: MSPFolder { MSPFolder(files: files(below: "msp")) }

    package var peers: [Member] { members("peers", tlsPrefix: "server") }
    package var orderers: [Member] { members("orderers", tlsPrefix: "server") }
    package var users: [Member] { members("users", tlsPrefix: "client") }

    private func members(_ folder: String, tlsPrefix: String) -> [Member] {
        let names = Set(
            files.keys.lazy.filter { $0.hasPrefix(folder + "/") }
                .compactMap { $0.dropFirst(folder.count + 1).split(separator: "/").first.map(String.init) })
        return names.sorted { Bytes($0) < Bytes($1) }.map { name in
            Member(
                name: name, msp: MSPFolder(files: files(below: "\(folder)/\(name)/msp")),
                tls: tls(files(below: "\(folder)/\(name)/tls"), tlsPrefix))
        }
    }

    private func tls(_ files: [String: Bytes], _ prefix: String) -> TLSFiles? {
        guard let authorities = files["ca.crt"], let certificate = files["\(prefix).crt"],
            let key = files["\(prefix).key"]
        else { return nil }
        return TLSFiles(authorities: authorities, certificate: certificate, key: key)
    }

    private func files(below folder: String) -> [String: Bytes] {
        var found: [String: Bytes] = [:]
        for (path, content) in files where path.hasPrefix(folder + "/") {
            found[String(path.dropFirst(folder.count + 1))] = content
        }
        return found
    }

    /// The organisation's authorities with their keys, to issue more certificates.
    ///
    /// - Throws: ``MSPFolderError`` if a certificate or key of `ca` or `tlsca` is missing or not usable.
    package func developmentAuthority() throws(MSPFolderError) -> DevelopmentAuthority {
        DevelopmentAuthority(
            domain: domain, root: try issuer("ca"), intermediate: files(below: "ica").isEmpty ? nil : try issuer("ica"),
            tls: try issuer("tlsca"))
    }

    private func issuer(_ folder: String) throws(MSPFolderError) -> CertificateIssuer {
        let texts = MSPFolder(files: files).pemFiles(in: folder)
        // The other file is the key, or the certificate.
        guard let certificate = texts.lazy.compactMap({ try? Certificate(pemText: $0) }).first,
            let key = texts.lazy.compactMap({ try? PrivateKey(pemText: $0) })
                .first(where: { $0.publicKey == certificate.publicKey })
        else {
            throw MSPFolderError(
                .missing,
                "The folder \"\(folder)\" of the organisation \"\(domain)\" must hold an authority's certificate and its "
                    + "private key.")
        }
        do throws(CertificateError) {
            return try CertificateIssuer(certificate: certificate, key: key)
        } catch {
            throw MSPFolderError(.invalid, "The folder \"\(folder)\" of \"\(domain)\" is not usable. \(error)")
        }
    }
}
