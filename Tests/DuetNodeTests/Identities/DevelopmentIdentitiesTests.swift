import DuetNode
import FabricTypes
import Foundation
import Membership
import NodeHTTP
import Testing

@Suite("Development identities")
struct DevelopmentIdentitiesTests {
    static let now: Int64 = 1_795_219_235
    static let domain = "org1.example.com"

    /// Runs with the identities of one organisation in a folder that is removed afterwards.
    private func withIdentities(_ body: (DevelopmentIdentities, OrganizationStore) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "identities-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = OrganizationStore(path: folder.path(percentEncoded: false))
        let authority = try DevelopmentAuthority(domain: Self.domain, at: Self.now)
        var files = authority.organizationFiles()
        files.add(try authority.userFiles(user: "User1", role: .client, at: Self.now), in: "users/User1@\(Self.domain)")
        try FileManager.default.createDirectory(
            atPath: "\(store.path)/peerOrganizations", withIntermediateDirectories: true)
        try store.create(files, .peer, domain: Self.domain)
        let places = ["Org1MSP": DevelopmentIdentities.Place(kind: .peer, domain: Self.domain)]
        try await body(DevelopmentIdentities(store: store, places: places) { Self.now }, store)
    }

    @Test("an identity bears its role, units, attributes and end, and its folder is found again")
    func issued() async throws {
        try await withIdentities { identities, store in
            let request = NetworkIdentityRequest(
                name: "clerk", role: .client, units: ["sales"], attributes: ["grade": "3", "team": "a=b"],
                validitySeconds: 86_400)
            let made = try await identities.issue(request, in: "Org1MSP")
            #expect(made.description.name == "clerk@\(Self.domain)")
            #expect(made.description.role == .client)
            #expect(made.description.units == ["sales"])
            #expect(made.description.expiresAt == Self.now + 86_400)
            let certificate = try Certificate(pemText: Bytes(made.description.certificate))
            #expect(try certificate.fabricAttributes()?.attributes == ["grade": "3", "team": "a=b"])
            #expect(
                FileManager.default.fileExists(atPath: "\(made.description.mspFolder)/keystore/priv_sk"))
            #expect(made.tls != nil)

            let members = try store.organization(.peer, domain: Self.domain).users
            #expect(members.map(\.name) == ["User1@\(Self.domain)", "clerk@\(Self.domain)"])
            let listed = try await identities.identities(of: "Org1MSP")
            #expect(listed.last == made.description)
            let found = try await identities.issued("clerk", in: "Org1MSP")
            #expect(found?.description == made.description)
            let unknown = try await identities.issued("nobody", in: "Org1MSP")
            #expect(unknown == nil)
            // Its own MSP takes the certificate and the key for one another's.
            _ = try found?.signingIdentity().sign([Bytes("message")])
        }
    }

    @Test("of many who ask for a name at once one gets it")
    func concurrentRequests() async throws {
        try await withIdentities { identities, _ in
            let outcomes = await withTaskGroup(of: NetworkIdentityError.Code?.self) { group in
                for index in 0..<16 {
                    group.addTask {
                        do {
                            _ = try await identities.issue(
                                NetworkIdentityRequest(name: "name\(index / 8)"), in: "Org1MSP")
                            return nil
                        } catch {
                            return (error as? NetworkIdentityError)?.code ?? .storage
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.filter { $0 == nil }.count == 2)
            #expect(outcomes.filter { $0 == .exists }.count == 14)
            let kept = try await identities.identities(of: "Org1MSP")
            #expect(kept.count == 3)
        }
    }

    @Test("nodes get the names and folders of nodes")
    func nodes() async throws {
        try await withIdentities { identities, store in
            let made = try await identities.issue(NetworkIdentityRequest(name: "peer7", role: .peer), in: "Org1MSP")
            #expect(made.description.name == "peer7.\(Self.domain)")
            #expect(try store.organization(.peer, domain: Self.domain).peers.map(\.name) == ["peer7.\(Self.domain)"])
        }
    }

    @Test(
        "what no certificate should bear is refused with its reason",
        arguments: [
            (NetworkIdentityRequest(name: ""), NetworkIdentityError.Code.nameInvalid),
            (NetworkIdentityRequest(name: "../User2"), .nameInvalid),
            (NetworkIdentityRequest(name: ".hidden"), .nameInvalid),
            (NetworkIdentityRequest(name: "a/b"), .nameInvalid),
            (NetworkIdentityRequest(name: "User2@org2.example.com"), .nameInvalid),
            (NetworkIdentityRequest(name: String(repeating: "a", count: 65)), .nameInvalid),
            (NetworkIdentityRequest(name: "User1@org1.example.com"), .exists),
            (NetworkIdentityRequest(name: "a", units: ["admin"]), .requestInvalid),
            (NetworkIdentityRequest(name: "a", units: [""]), .requestInvalid),
            (NetworkIdentityRequest(name: "a", units: Array(repeating: "u", count: 9)), .requestInvalid),
            (NetworkIdentityRequest(name: "a", attributes: ["a\nb": ""]), .requestInvalid),
            (
                NetworkIdentityRequest(name: "a", attributes: ["a": String(repeating: "x", count: 4_097)]),
                .requestInvalid
            ),
            (NetworkIdentityRequest(name: "a", validitySeconds: 0), .requestInvalid),
            (NetworkIdentityRequest(name: "a", validitySeconds: .max), .requestInvalid),
        ])
    func refused(request: NetworkIdentityRequest, code: NetworkIdentityError.Code) async throws {
        try await withIdentities { identities, _ in
            let error = await #expect(throws: NetworkIdentityError.self) {
                try await identities.issue(request, in: "Org1MSP")
            }
            #expect(error?.code == code)
            let kept = try await identities.identities(of: "Org1MSP")
            #expect(kept.count == 1)
        }
    }

    @Test("an organisation without keys here is named")
    func unknownOrganization() async throws {
        try await withIdentities { identities, _ in
            let error = await #expect(throws: NetworkIdentityError.self) {
                try await identities.issue(NetworkIdentityRequest(name: "a"), in: "Org9MSP")
            }
            #expect(error?.code == .organizationUnknown)
            #expect(error?.message.contains("Org9MSP") == true && error?.message.contains("Org1MSP") == true)
        }
    }
}
