import DuetNode
import FabricTypes
import Foundation
import Membership
import Testing

@Suite("Organization store")
struct OrganizationStoreTests {
    static let now: Int64 = 1_795_219_235
    let org1 = MSPID(unchecked: Bytes("Org1MSP"))

    /// Runs with a store in a folder of its own, which is removed afterwards.
    private func withStore(_ body: (OrganizationStore) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "organizations-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(OrganizationStore(path: folder.path(percentEncoded: false)))
    }

    private func organizationFiles(_ authority: DevelopmentAuthority) throws -> CryptoFiles {
        var files = authority.organizationFiles()
        files.add(
            try authority.nodeFiles(hostname: "peer0", role: .peer, at: Self.now), in: "peers/peer0.org1.example.com")
        return files
    }

    @Test("what was written is read again, and members can be added")
    func roundTrip() throws {
        try withStore { store in
            #expect(try store.organizations(.peer).isEmpty)
            let authority = try DevelopmentAuthority(domain: "org1.example.com", at: Self.now)
            try store.create(try organizationFiles(authority), .peer, domain: "org1.example.com")
            try store.create(
                try authority.userFiles(user: "User1", role: .client, at: Self.now), .peer, domain: "org1.example.com",
                member: "users/User1@org1.example.com")

            let organizations = try store.organizations(.peer)
            #expect(organizations.map(\.domain) == ["org1.example.com"])
            #expect(try store.organizations(.orderer).isEmpty)
            let organization = try #require(organizations.first)
            #expect(organization.peers.count == 1 && organization.users.count == 1)
            for member in organization.peers + organization.users {
                _ = try member.msp.signingIdentity(mspID: org1)
            }
        }
    }

    @Test("nobody but the owner may read keys")
    func modes() throws {
        try withStore { store in
            let authority = try DevelopmentAuthority(domain: "org1.example.com", at: Self.now)
            try store.create(try organizationFiles(authority), .peer, domain: "org1.example.com")
            let root = "\(store.path)/peerOrganizations/org1.example.com"
            var modes: [String: Int] = [:]
            for path in try FileManager.default.subpathsOfDirectory(atPath: root) {
                let attributes = try FileManager.default.attributesOfItem(atPath: "\(root)/\(path)")
                guard attributes[.type] as? FileAttributeType == .typeRegular else { continue }
                modes[path] = attributes[.posixPermissions] as? Int
            }
            #expect(modes["ca/priv_sk"] == 0o600)
            #expect(modes["peers/peer0.org1.example.com/tls/server.key"] == 0o600)
            #expect(modes["msp/config.yaml"] == 0o644)
            var isFolder: ObjCBool = false
            #expect(FileManager.default.fileExists(atPath: "\(root)/msp/admincerts", isDirectory: &isFolder))
            #expect(isFolder.boolValue)
        }
    }

    @Test("an organisation that exists is left as it is")
    func exists() throws {
        try withStore { store in
            let authority = try DevelopmentAuthority(domain: "org1.example.com", at: Self.now)
            try store.create(authority.organizationFiles(), .peer, domain: "org1.example.com")
            let before = try OrganizationStore.read(store.path)
            let other = try DevelopmentAuthority(domain: "org1.example.com", at: Self.now)
            let error = #expect(throws: OrganizationStoreError.self) {
                try store.create(other.organizationFiles(), .peer, domain: "org1.example.com")
            }
            #expect(error?.code == .exists)
            #expect(try OrganizationStore.read(store.path) == before)
        }
    }

    @Test("what a broken-off attempt left behind does not disturb the next one")
    func brokenOff() throws {
        try withStore { store in
            let leftover = "\(store.path)/peerOrganizations/.new-org1.example.com"
            try FileManager.default.createDirectory(atPath: leftover, withIntermediateDirectories: true)
            try Data("half a key".utf8).write(to: URL(filePath: "\(leftover)/priv_sk"))
            #expect(try store.organizations(.peer).isEmpty)
            let authority = try DevelopmentAuthority(domain: "org1.example.com", at: Self.now)
            try store.create(authority.organizationFiles(), .peer, domain: "org1.example.com")
            #expect(try store.organizations(.peer).map(\.domain) == ["org1.example.com"])
            #expect(!FileManager.default.fileExists(atPath: leftover))
        }
    }

    @Test("a file that is no certificate for its size is refused")
    func tooLarge() throws {
        try withStore { store in
            let folder = "\(store.path)/peerOrganizations/org1.example.com"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try Data(count: 1 << 20 + 1).write(to: URL(filePath: "\(folder)/ca.pem"))
            let error = #expect(throws: OrganizationStoreError.self) { try store.organizations(.peer) }
            #expect(error?.code == .tooLarge)
        }
    }
}
