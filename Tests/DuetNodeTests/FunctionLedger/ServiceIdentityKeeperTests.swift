import FabricTypes
import Foundation
import FunctionTypes
import Membership
import NodeHTTP
import Synchronization
import Testing
import TriggerCore
import TriggerService

@testable import DuetNode

@Suite("Identities of services")
struct ServiceIdentityKeeperTests {
    private static let domain = "org1.example.com"
    private static let start: Int64 = 1_795_219_235

    private let shop: ServiceName
    private let organization: OrganizationName

    init() throws {
        shop = try ServiceName(validating: "shop")
        organization = try OrganizationName(validating: "Org1MSP")
    }

    /// A data folder, opened as often as a test wants, and a clock that it moves.
    private final class Folder: Sendable {
        let path: String
        let now = Mutex<Int64>(ServiceIdentityKeeperTests.start)

        init() throws {
            path = NSTemporaryDirectory() + "services-\(UUID().uuidString)"
            let store = OrganizationStore(path: path + "/organizations")
            let authority = try DevelopmentAuthority(domain: domain, at: start)
            try FileManager.default.createDirectory(
                atPath: store.path + "/peerOrganizations", withIntermediateDirectories: true)
            try store.create(authority.organizationFiles(), .peer, domain: domain)
        }

        func open() -> ServiceIdentityKeeper {
            let issuer = DevelopmentIdentities(
                store: OrganizationStore(path: path + "/organizations"),
                places: ["Org1MSP": DevelopmentIdentities.Place(kind: .peer, domain: domain)]
            ) { [self] in now.withLock { $0 } }
            return ServiceIdentityKeeper(
                folder: path + "/services", issuer: issuer, signatures: SignatureTable(),
                now: { [self] in now.withLock { $0 } })
        }

        func remove() {
            try? FileManager.default.removeItem(atPath: path)
        }
    }

    @Test("a service gets one identity, also when many ask at once, and keeps it over a restart")
    func first() async throws {
        let folder = try Folder()
        defer { folder.remove() }
        let keeper = folder.open()
        let (shop, organization) = (shop, organization)
        let creators = try await withThrowingTaskGroup(of: Bytes.self) { group in
            for _ in 0..<8 {
                group.addTask { try await keeper.identity(of: shop, organization).signer.serialized }
            }
            return try await group.reduce(into: Set<Bytes>()) { $0.insert($1) }
        }
        let again = try await folder.open().identity(of: shop, organization)

        #expect(creators == [again.signer.serialized])
        #expect(again.certificateID == "service-shop.1")
        #expect(try again.signer.certificate.fabricAttributes()?.attributes["duet.service"] == "shop")
        let key = AnswerKey(triggerID: "t", eventIDs: ["e"])
        let secret = try await keeper.identity(of: shop, organization).secret
        #expect(again.secret.nonce(of: key, index: 0, attempt: 0) == secret.nonce(of: key, index: 0, attempt: 0))
    }

    @Test("services have secrets of their own, in files for the node's user alone")
    func secrets() async throws {
        let folder = try Folder()
        defer { folder.remove() }
        let keeper = folder.open()
        let key = AnswerKey(triggerID: "t", eventIDs: ["e"])
        let one = try await keeper.identity(of: shop, organization).secret
        let other = try await keeper.identity(of: try ServiceName(validating: "bank"), organization).secret

        #expect(one.nonce(of: key, index: 0, attempt: 0) != other.nonce(of: key, index: 0, attempt: 0))
        let attributes = try FileManager.default.attributesOfItem(
            atPath: folder.path + "/services/Org1MSP/shop.json")
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }

    @Test("renewed, the secret stays and the old certificate can still sign")
    func renewal() async throws {
        let folder = try Folder()
        defer { folder.remove() }
        let keeper = folder.open()
        let key = AnswerKey(triggerID: "t", eventIDs: ["e"])
        let old = try await keeper.identity(of: shop, organization)
        let new = try await keeper.renew(shop, organization)

        #expect(new.certificateID == "service-shop.2")
        #expect(new.signer.serialized != old.signer.serialized)
        #expect(new.secret.nonce(of: key, index: 1, attempt: 2) == old.secret.nonce(of: key, index: 1, attempt: 2))
        let reopened = folder.open()
        #expect(try await reopened.identity(of: shop, organization).signer.serialized == new.signer.serialized)
        let kept = try await reopened.identity(of: shop, organization, certificateID: "service-shop.1")
        #expect(kept.signer.serialized == old.signer.serialized)
        await #expect(throws: NodeConfigurationError.self) {
            _ = try await reopened.identity(of: shop, organization, certificateID: "service-shop.3")
        }
    }

    @Test("before a certificate expires the next one is issued")
    func expiry() async throws {
        let folder = try Folder()
        defer { folder.remove() }
        let keeper = folder.open()
        let first = try await keeper.identity(of: shop, organization)
        let end = first.signer.certificate.notAfter
        folder.now.withLock { $0 = end - ServiceIdentityKeeper.renewalSeconds }
        #expect(try await keeper.identity(of: shop, organization).certificateID == "service-shop.1")
        folder.now.withLock { $0 = end - ServiceIdentityKeeper.renewalSeconds + 1 }
        #expect(try await keeper.identity(of: shop, organization).certificateID == "service-shop.2")
    }

    @Test("an organisation whose keys are elsewhere is named")
    func unknownOrganization() async throws {
        let folder = try Folder()
        defer { folder.remove() }
        let error = await #expect(throws: NetworkIdentityError.self) {
            _ = try await folder.open().identity(of: shop, try OrganizationName(validating: "Org9MSP"))
        }
        #expect(error?.message.contains("Org9MSP") == true)
    }
}
