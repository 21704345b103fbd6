package import FabricTypes

extension DevelopmentAuthority {
    /// The organisation's own files: its authorities with their keys, and the MSP by which others judge its identities.
    package func organizationFiles() -> CryptoFiles {
        var files = CryptoFiles()
        files.add(Self.authorityFiles(root), in: "ca")
        files.add(Self.authorityFiles(tls), in: "tlsca")
        if let intermediate { files.add(Self.authorityFiles(intermediate), in: "ica") }
        files.add(verifyingMSP(), in: "msp")
        return files
    }

    /// Issues the identity and the TLS certificate of a peer or orderer: what goes into `peers/<name>` or
    /// `orderers/<name>`.
    ///
    /// - Parameters:
    ///   - hostname: the first part of the name, such as `peer0`. The full name and this stand in the TLS certificate.
    ///   - role: `peer` or `orderer`.
    ///   - alternativeNames: further host names and addresses for the TLS certificate.
    package func nodeFiles(
        hostname: String, role: MSPRole.Role, alternativeNames: [String] = [], at instant: Int64
    ) throws -> CryptoFiles {
        try nodeFiles(
            hostname: hostname, grant: IdentityGrant(role: role), alternativeNames: alternativeNames, at: instant)
    }

    /// The same with everything that an identity can be given.
    package func nodeFiles(
        hostname: String, grant: IdentityGrant, alternativeNames: [String] = [], at instant: Int64
    ) throws -> CryptoFiles {
        let name = "\(hostname).\(domain)"
        return try files(
            name: name, grant: grant, tlsPrefix: "server",
            alternativeNames: [name, hostname] + alternativeNames, at: instant)
    }

    /// Issues the identity and the TLS certificate of a person or program: what goes into `users/<name>`.
    ///
    /// - Parameters:
    ///   - user: the part of the name before the `@`, such as `Admin` or `User1`.
    ///   - role: `admin` or `client`.
    package func userFiles(
        user: String, role: MSPRole.Role, attributes: [String: String] = [:], at instant: Int64
    ) throws -> CryptoFiles {
        try userFiles(user: user, grant: IdentityGrant(role: role, attributes: attributes), at: instant)
    }

    /// The same with everything that an identity can be given.
    package func userFiles(user: String, grant: IdentityGrant, at instant: Int64) throws -> CryptoFiles {
        try files(
            name: "\(user)@\(domain)", grant: grant, tlsPrefix: "client", alternativeNames: [], at: instant)
    }

    private func files(
        name: String, grant: IdentityGrant, tlsPrefix: String, alternativeNames: [String], at instant: Int64
    ) throws -> CryptoFiles {
        let key = PrivateKey(root.key.algorithm)
        let certificate = try identity(name: name, grant: grant, key: key, at: instant)
        var files = CryptoFiles()
        files.add(verifyingMSP(), in: "msp")
        files.add(CryptoFiles.File(certificate.pemText), at: "msp/signcerts/\(name)-cert.pem")
        files.add(CryptoFiles.File(key.pemText, isPrivate: true), at: "msp/keystore/priv_sk")

        let tlsKey = PrivateKey(tls.key.algorithm)
        let tlsCertificate = try tlsCertificate(
            name: name, alternativeNames: alternativeNames, key: tlsKey, validitySeconds: grant.validitySeconds,
            at: instant)
        files.add(CryptoFiles.File(tls.certificate.pemText), at: "tls/ca.crt")
        files.add(CryptoFiles.File(tlsCertificate.pemText), at: "tls/\(tlsPrefix).crt")
        files.add(CryptoFiles.File(tlsKey.pemText, isPrivate: true), at: "tls/\(tlsPrefix).key")
        return files
    }

    /// The MSP without any key: authorities, and which units make what of identities.
    private func verifyingMSP() -> CryptoFiles {
        var files = CryptoFiles()
        let rootPath = "cacerts/\(Self.fileName(root))"
        files.add(CryptoFiles.File(root.certificate.pemText), at: rootPath)
        files.add(CryptoFiles.File(tls.certificate.pemText), at: "tlscacerts/\(Self.fileName(tls))")
        var issuerPath = rootPath
        if let intermediate {
            issuerPath = "intermediatecerts/\(Self.fileName(intermediate))"
            files.add(CryptoFiles.File(intermediate.certificate.pemText), at: issuerPath)
        }
        files.add(CryptoFiles.File(Self.configuration(issuerPath: issuerPath)), at: "config.yaml")
        files.add(folder: "admincerts")
        return files
    }

    private static func authorityFiles(_ issuer: CertificateIssuer) -> CryptoFiles {
        var files = CryptoFiles()
        files.add(CryptoFiles.File(issuer.certificate.pemText), at: fileName(issuer))
        files.add(CryptoFiles.File(issuer.key.pemText, isPrivate: true), at: "priv_sk")
        return files
    }

    private static func fileName(_ issuer: CertificateIssuer) -> String {
        "\(issuer.certificate.subjectName.commonName.lossyText)-cert.pem"
    }

    private static func configuration(issuerPath: String) -> Bytes {
        var lines = ["NodeOUs:", "    Enable: true"]
        for (key, role) in [("Client", MSPRole.Role.client), ("Peer", .peer), ("Admin", .admin), ("Orderer", .orderer)]
        {
            lines += [
                "    \(key)OUIdentifier:",
                "        Certificate: \(issuerPath)",
                "        OrganizationalUnitIdentifier: \(unit(role) ?? "")",
            ]
        }
        return Bytes(lines.joined(separator: "\n") + "\n")
    }
}
