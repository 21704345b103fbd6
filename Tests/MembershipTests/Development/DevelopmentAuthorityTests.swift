import FabricTypes
import Membership
import Testing

@Suite("Development authority")
struct DevelopmentAuthorityTests {
    static let now: Int64 = 1_795_219_235
    let org1 = MSPID(unchecked: Bytes("Org1MSP"))

    private func files(hasIntermediate: Bool, keys: PrivateKey.Algorithm = .ecdsa(.p256)) throws -> CryptoFiles {
        let authority = try DevelopmentAuthority(
            domain: "org1.example.com", hasIntermediate: hasIntermediate, keys: keys, at: Self.now)
        var files = authority.organizationFiles()
        files.add(
            try authority.nodeFiles(
                hostname: "peer0", role: .peer, alternativeNames: ["localhost", "127.0.0.1", "::1"], at: Self.now),
            in: "peers/peer0.org1.example.com")
        for (user, role) in [("Admin", MSPRole.Role.admin), ("User1", .client)] {
            files.add(
                try authority.userFiles(user: user, role: role, attributes: ["color": "red"], at: Self.now),
                in: "users/\(user)@org1.example.com")
        }
        return files
    }

    @Test(
        "what is written can be read, is valid, and signs",
        arguments: [false, true], [PrivateKey.Algorithm.ecdsa(.p256), .ecdsa(.p384), .ed25519])
    func roundTrip(hasIntermediate: Bool, keys: PrivateKey.Algorithm) throws {
        let folder = OrganizationFolder(
            domain: "org1.example.com", files: try files(hasIntermediate: hasIntermediate, keys: keys).contents)
        let reading = try folder.msp.config(mspID: org1)
        #expect(reading.warnings.isEmpty)
        let msps = try ChannelMSPs([MSPConfig(reading.config)], version: .v30, signatures: SignatureTable())

        let members = folder.peers + folder.users
        #expect(
            members.map(\.name) == ["peer0.org1.example.com", "Admin@org1.example.com", "User1@org1.example.com"])
        for (member, role) in zip(members, [MSPRole.Role.peer, .admin, .client]) {
            let signer = try member.msp.signingIdentity(mspID: org1)
            let identity = try msps.identity(signer.serialized)
            try msps.validate(identity)
            let roles = MSPRole.Role.allCases.filter { msps.satisfies(identity, MSPPrincipal(MSPRole($0, of: org1))) }
            #expect(roles == [.member, role], "\(member.name)")
            let message = [Bytes("some "), Bytes("message")]
            let signature = try signer.sign(message)
            #expect(msps.isSignature(signature, of: [Bytes("some message")], by: identity))
            #expect(!msps.isSignature(signature, of: [Bytes("other message")], by: identity))
            #expect(member.tls != nil)
        }
    }

    @Test("the folder has cryptogen's files and folders, and only keys are private")
    func layout() throws {
        let tree = try files(hasIntermediate: false)
        let organization = [
            "ca/ca.org1.example.com-cert.pem", "ca/priv_sk", "msp/cacerts/ca.org1.example.com-cert.pem",
            "msp/config.yaml", "msp/tlscacerts/tlsca.org1.example.com-cert.pem", "tlsca/priv_sk",
            "tlsca/tlsca.org1.example.com-cert.pem",
        ]
        let members = [
            ("peers/peer0.org1.example.com", "peer0.org1.example.com", "server"),
            ("users/Admin@org1.example.com", "Admin@org1.example.com", "client"),
            ("users/User1@org1.example.com", "User1@org1.example.com", "client"),
        ].flatMap { folder, name, kind in
            [
                "msp/cacerts/ca.org1.example.com-cert.pem", "msp/config.yaml", "msp/keystore/priv_sk",
                "msp/signcerts/\(name)-cert.pem", "msp/tlscacerts/tlsca.org1.example.com-cert.pem", "tls/ca.crt",
                "tls/\(kind).crt", "tls/\(kind).key",
            ].map { "\(folder)/\($0)" }
        }
        #expect(Set(tree.files.keys) == Set(organization + members))
        #expect(tree.folders.contains("msp/admincerts"))
        #expect(tree.folders.contains("users/User1@org1.example.com/msp/admincerts"))
        for (path, file) in tree.files {
            #expect(file.isPrivate == (path.hasSuffix("priv_sk") || path.hasSuffix(".key")), "\(path)")
        }
    }

    @Test("certificates look like cryptogen's")
    func certificates() throws {
        let tree = try files(hasIntermediate: false).contents
        func certificate(_ path: String) throws -> Certificate {
            try Certificate(pemText: try #require(tree[path]))
        }
        let root = try certificate("ca/ca.org1.example.com-cert.pem")
        #expect(root.issuer == root.subject)
        #expect(root.extensions.isCA)
        #expect(root.extensions.subjectKeyIdentifier == Digest(of: root.publicKey.keyBytes).bytes)
        #expect(root.extensions.keyUsage == [.digitalSignature, .keyEncipherment, .certificateSign, .crlSign])
        #expect(root.notBefore == 1_795_218_960 && root.notAfter - root.notBefore == 3_650 * 86_400)

        let user = try certificate(
            "users/User1@org1.example.com/msp/signcerts/User1@org1.example.com-cert.pem")
        #expect(user.subjectName.commonName == Bytes("User1@org1.example.com"))
        #expect(user.subjectName.organizationalUnits == [Bytes("client")])
        #expect(user.extensions.keyUsage == .digitalSignature)
        #expect(user.extensions.extendedKeyUsages.isEmpty)
        #expect(user.extensions.basicConstraints != nil && !user.extensions.isCA)
        #expect(user.extensions.subjectKeyIdentifier == nil)
        #expect(user.extensions.authorityKeyIdentifier == root.extensions.subjectKeyIdentifier)
        #expect(try user.fabricAttributes() == FabricAttributes(["color": "red"]))

        let tls = try certificate("peers/peer0.org1.example.com/tls/server.crt")
        #expect(
            tls.extensions.alternativeNames == [
                .dns(Bytes("peer0.org1.example.com")), .dns(Bytes("peer0")), .dns(Bytes("localhost")),
                .ipAddress([127, 0, 0, 1]), .ipAddress(Bytes([UInt8](repeating: 0, count: 15) + [1])),
            ])
    }

    @Test(
        "an existing organisation can issue more identities, also if the clock was set back",
        arguments: [1_000, -1_000])
    func continued(seconds: Int64) throws {
        let folder = OrganizationFolder(domain: "org1.example.com", files: try files(hasIntermediate: true).contents)
        let authority = try folder.developmentAuthority()
        let key = PrivateKey()
        let certificate = try authority.identity(
            name: "late", role: .client, units: ["sales"], key: key, at: Self.now + seconds)
        let msps = try ChannelMSPs(
            [MSPConfig(try folder.msp.config(mspID: org1).config)], version: .v143, signatures: SignatureTable())
        let identity = try msps.identity(SerializedIdentity(mspID: org1, idBytes: certificate.pemText).encoded())
        try msps.validate(identity)
        #expect(certificate.subjectName.organizationalUnits.map(\.lossyText).sorted() == ["client", "sales"])
    }
}
