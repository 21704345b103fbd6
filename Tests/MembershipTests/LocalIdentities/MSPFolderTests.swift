import FabricTypes
import Foundation
import GoldenLedger
import Membership
import Testing

@Suite("MSP folders")
struct MSPFolderTests {
    /// The files below a folder of the recorded network's key material.
    private static func files(_ path: String) throws -> [String: Bytes] {
        let root = GoldenFiles.trade.url("crypto/\(path)")
        let paths = try FileManager.default.subpathsOfDirectory(atPath: root.path(percentEncoded: false))
        var files: [String: Bytes] = [:]
        for path in paths {
            var isFolder: ObjCBool = false
            let file = root.appending(path: path)
            _ = FileManager.default.fileExists(atPath: file.path(percentEncoded: false), isDirectory: &isFolder)
            if !isFolder.boolValue { files[path] = Bytes([UInt8](try Data(contentsOf: file))) }
        }
        return files
    }

    @Test(
        "every member of cryptogen's folders signs as who it is",
        arguments: [
            ("peerOrganizations/alder.example", "AlderMSP", 5), ("peerOrganizations/birch.example", "BirchMSP", 4),
            ("peerOrganizations/cedar.example", "CedarMSP", 4),
            ("ordererOrganizations/harbor.example", "HarborMSP", 2),
        ])
    func recordedOrganizations(path: String, name: String, memberCount: Int) throws {
        let mspID = try MSPID(validating: name)
        let folder = OrganizationFolder(domain: "", files: try Self.files(path))
        let msps = try #require(try RecordedChannel.read.get().transactions.last?.msps)
        let members = folder.peers + folder.orderers + folder.users
        #expect(members.count == memberCount)
        for member in members {
            let signer = try member.msp.signingIdentity(mspID: mspID)
            let identity = try msps.identity(signer.serialized)
            try msps.validate(identity)
            let message = [Bytes(member.name)]
            #expect(msps.isSignature(try signer.sign(message), of: message, by: identity))
            #expect(member.tls != nil)
        }
        let authority = try folder.developmentAuthority()
        #expect(authority.root.certificate.extensions.isCA)
    }

    @Test("the folder's configuration is what the channel holds", arguments: ["alder.example", "cedar.example"])
    func configEqualsChannels(domain: String) throws {
        let name = "\(domain.prefix(1).uppercased())\(domain.dropFirst().prefix { $0 != "." })MSP"
        let mspID = try MSPID(validating: name)
        let folder = OrganizationFolder(domain: domain, files: try Self.files("peerOrganizations/\(domain)"))
        let channel = try Config(decoding: try GoldenFiles.trade.bytes("config/config.pb")).channelGroup
        let expected = try RecordedChannel.mspConfigs(try #require(channel)).first {
            try FabricMSPConfig(decoding: $0.config).name == mspID.bytes
        }
        #expect(MSPConfig(try folder.msp.config(mspID: mspID).config) == expected)
    }

    private static let organization = Result {
        let now: Int64 = 1_795_219_235
        let authority = try DevelopmentAuthority(domain: "org1.example.com", at: now)
        return try authority.userFiles(user: "User1", role: .client, at: now).contents
    }

    /// The MSP folder of a user, changed.
    private func folder(_ change: (inout [String: Bytes]) -> Void) throws -> MSPFolder {
        var files: [String: Bytes] = [:]
        for (path, content) in try Self.organization.get() where path.hasPrefix("msp/") {
            files[String(path.dropFirst(4))] = content
        }
        change(&files)
        return MSPFolder(files: files)
    }

    private let org1 = MSPID(unchecked: Bytes("Org1MSP"))
    private let certificatePath = "signcerts/User1@org1.example.com-cert.pem"

    @Test("the key is found by what it belongs to, whatever its name and whatever lies beside it")
    func keyByContent() throws {
        let folder = try folder { files in
            files["keystore/zzz"] = files["keystore/priv_sk"]
            files["keystore/priv_sk"] = nil
            files["keystore/aaa"] = PrivateKey().pemText
            files["keystore/bbb"] = Bytes("no key at all")
            files["keystore/ccc"] = PEMBlock(label: "PRIVATE KEY", content: Bytes("broken")).text
            files["keystore/deeper/key"] = PrivateKey().pemText
        }
        #expect(
            try folder.signingIdentity(mspID: org1).certificate.subjectName.commonName
                == Bytes("User1@org1.example.com"))
    }

    @Test("a folder that misses something says what")
    func missing() throws {
        func error(_ change: (inout [String: Bytes]) -> Void) throws -> MSPFolderError? {
            let folder = try folder(change)
            return #expect(throws: MSPFolderError.self) { try folder.signingIdentity(mspID: org1) }
        }
        #expect(try error { $0["keystore/priv_sk"] = nil }?.message.contains("keystore") == true)
        #expect(try error { $0["keystore/priv_sk"] = PrivateKey().pemText }?.code == .missing)
        #expect(try error { $0[certificatePath] = nil }?.message.contains("signcerts") == true)
        #expect(try error { $0["cacerts/ca.org1.example.com-cert.pem"] = nil }?.message.contains("cacerts") == true)
        #expect(try error { $0["config.yaml"] = Bytes("NodeOUs: [") }?.code == .invalidConfiguration)
        #expect(try error { $0["config.yaml"] = Bytes("- a") }?.code == .invalidConfiguration)
        #expect(
            try error { $0["config.yaml"] = Bytes("NodeOUs: {ClientOUIdentifier: 3}") }?.code == .invalidConfiguration)
        #expect(try error { $0["config.yaml"] = nil }?.code == .invalid)
    }

    @Test("a unit's missing certificate only warns, a filter's does not")
    func missingUnitCertificate() throws {
        let yaml = """
            NodeOUs:
              Enable: true
              ClientOUIdentifier: {Certificate: cacerts/gone.pem, OrganizationalUnitIdentifier: client}
              AdminOUIdentifier: {Certificate: ./cacerts/../cacerts/ca.org1.example.com-cert.pem, OrganizationalUnitIdentifier: admin}
              PeerOUIdentifier: {Certificate: cacerts/gone.pem}
            """
        let reading = try folder { files in
            files["config.yaml"] = Bytes(yaml)
            files["cacerts/README"] = Bytes("no certificate")
        }.config(mspID: org1)
        #expect(reading.warnings.count == 2 && reading.config.rootCertificates.count == 1)
        #expect(reading.warnings[0].contains("cacerts/README") && reading.warnings[1].contains("cacerts/gone.pem"))
        #expect(reading.config.nodeOUs?.client?.certificate.isEmpty == true)
        #expect(reading.config.nodeOUs?.admin?.certificate.isEmpty == false)
        #expect(reading.config.nodeOUs?.peer == nil && reading.config.nodeOUs?.orderer == nil)

        let filter = "OrganizationalUnitIdentifiers: [{Certificate: cacerts/gone.pem, OrganizationalUnitIdentifier: x}]"
        let filtered = try folder { $0["config.yaml"] = Bytes(filter) }
        #expect(throws: MSPFolderError.self) { try filtered.config(mspID: org1) }
    }

    @Test("switched-off units are left out, explicit admins count instead")
    func explicitAdmins() throws {
        let folder = try folder { files in
            files["config.yaml"] = Bytes(
                "NodeOUs: {Enable: false, AdminOUIdentifier: {OrganizationalUnitIdentifier: admin}}")
            files["admincerts/me.pem"] = files[certificatePath]
        }
        let config = try folder.config(mspID: org1).config
        #expect(config.nodeOUs == nil && config.admins.count == 1)
        let msps = try ChannelMSPs([MSPConfig(config)], version: .v143, signatures: SignatureTable())
        let identity = try msps.identity(try folder.signingIdentity(mspID: org1).serialized)
        #expect(msps.satisfies(identity, MSPPrincipal(MSPRole(.admin, of: org1))))
        #expect(!msps.satisfies(identity, MSPPrincipal(MSPRole(.client, of: org1))))
    }
}
