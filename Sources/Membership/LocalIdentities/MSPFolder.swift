package import FabricTypes

/// A folder with the certificates and keys of an MSP, in the layout of Fabric's tools.
///
/// A value without any file behind it: `files` maps paths such as `cacerts/ca.pem` to contents. Source: Fabric's
/// `msp/configbuilder.go`.
package struct MSPFolder: Sendable {
    /// Paths relative to the folder, with `/` between the parts.
    package let files: [String: Bytes]

    package init(files: [String: Bytes]) {
        self.files = files
    }

    /// A configuration with what is odd about the folder but does not make it useless.
    package struct Reading: Sendable {
        package var config: FabricMSPConfig
        /// Whole sentences.
        package var warnings: [String]
    }

    /// What others judge this organisation's identities by: everything but the signing identity.
    ///
    /// - Throws: ``MSPFolderError`` if there is no authority, or `config.yaml` cannot be read.
    package func config(mspID: MSPID) throws(MSPFolderError) -> Reading {
        var warnings: [String] = []
        func pemFiles(in folder: String) -> [Bytes] {
            let paths = paths(in: folder)
            for path in paths where pemText(at: path) == nil {
                warnings.append("The file \(path) of the MSP folder holds no PEM block and is passed over.")
            }
            return paths.compactMap { pemText(at: $0) }
        }
        var config = FabricMSPConfig()
        config.name = mspID.bytes
        config.rootCertificates = pemFiles(in: "cacerts")
        guard !config.rootCertificates.isEmpty else {
            throw MSPFolderError(
                .missing, "The MSP folder of \"\(mspID)\" has no certificate of an authority: put one into cacerts.")
        }
        config.intermediateCertificates = pemFiles(in: "intermediatecerts")
        config.admins = pemFiles(in: "admincerts")
        config.revocationLists = pemFiles(in: "crls")
        config.tlsRootCertificates = pemFiles(in: "tlscacerts")
        if !config.tlsRootCertificates.isEmpty {
            config.tlsIntermediateCertificates = pemFiles(in: "tlsintermediatecerts")
        }
        config.cryptoConfig = FabricCryptoConfig(
            signatureHashFamily: Bytes("SHA2"), identityIdentifierHashFunction: Bytes("SHA256"))
        if let text = files["config.yaml"] {
            let units = try MSPFolderUnits(yaml: text)
            config.organizationalUnitIdentifiers = try units.filter(in: self)
            config.nodeOUs = units.nodeOUs(in: self, warnings: &warnings)
        }
        return Reading(config: config, warnings: warnings)
    }

    /// The identity that the folder's owner signs with: the first certificate of `signcerts`, and the key of `keystore`
    /// that belongs to it, whatever its file is called.
    ///
    /// - Parameter signatures: where signatures are entered as they are made.
    /// - Throws: ``MSPFolderError`` if either is missing, or the certificate is not valid under the folder's own MSP.
    package func signingIdentity(
        mspID: MSPID, signatures: SignatureTable? = nil
    ) throws(MSPFolderError) -> SigningIdentity {
        guard let text = pemFiles(in: "signcerts").first else {
            throw MSPFolderError(.missing, "The MSP folder of \"\(mspID)\" has no certificate in signcerts.")
        }
        let config = try config(mspID: mspID).config
        do {
            // A node's own MSP always has the newest rules.
            let msp = try MSP(config, version: .v30)
            let candidate = try msp.candidate(pemText: text)
            try msp.validate(candidate)
            return try SigningIdentity(
                mspID: mspID, certificate: candidate.certificate, key: try key(of: candidate.certificate, mspID),
                signatures: signatures)
        } catch let error as MSPFolderError {
            throw error
        } catch {
            throw MSPFolderError(.invalid, "The MSP folder of \"\(mspID)\" is not usable. \(error)")
        }
    }

    private func key(of certificate: Certificate, _ mspID: MSPID) throws(MSPFolderError) -> PrivateKey {
        // Other files in the key store are no business of ours, readable or not.
        let keys = pemFiles(in: "keystore").lazy.compactMap { try? PrivateKey(pemText: $0) }
        guard let key = keys.first(where: { $0.publicKey == certificate.publicKey }) else {
            throw MSPFolderError(
                .missing,
                "The MSP folder of \"\(mspID)\" has no private key in keystore that belongs to the \(certificate).")
        }
        return key
    }

    /// The texts of the files directly in a subfolder that hold a PEM block, by name. Others are passed over, as by
    /// Fabric.
    package func pemFiles(in folder: String) -> [Bytes] {
        paths(in: folder).compactMap { pemText(at: $0) }
    }

    private func paths(in folder: String) -> [String] {
        files.keys
            .filter { $0.hasPrefix(folder + "/") && !$0.dropFirst(folder.count + 1).contains("/") }
            .sorted { Bytes($0) < Bytes($1) }
    }

    private func pemText(at path: String) -> Bytes? {
        files[path].flatMap { PEMBlock.first(in: $0) == nil ? nil : $0 }
    }

    /// A file named relative to the folder, in whatever spelling.
    func file(at path: String) -> Bytes? {
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == ".." {
                guard parts.popLast() != nil else { return nil }
            } else {
                parts.append(part)
            }
        }
        return files[parts.joined(separator: "/")]
    }
}

/// An MSP folder from which no identity or configuration can be made.
package struct MSPFolderError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// A file that must be there is not.
        case missing
        /// `config.yaml` is not what it should be.
        case invalidConfiguration
        /// What is there does not fit together.
        case invalid
    }

    package let code: Code
    /// A whole sentence: what is wrong, and what to do. Holds no part of a key.
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
