import FabricTypes
import Foundation
import GoldenLedger
import Testing

@testable import DuetClient

@Suite("Identities of a client")
struct ClientIdentityTests {
    private var organization: String { GoldenFiles.trade.url("crypto/peerOrganizations/alder.example").path() }

    private func alder() throws -> MSPID { try MSPID(validating: "AlderMSP") }

    @Test("are read from an MSP folder, an organisation's folder, or two texts")
    func loads() async throws {
        let expected = try GoldenSigner.user("User1@alder.example").identity
        let user = "\(organization)/users/User1@alder.example/msp"

        #expect(try ClientIdentity.load(mspFolder: user, mspID: alder()).serialized == expected)
        for name in ["User1", "User1@alder.example"] {
            let identity = try ClientIdentity.load(organizationFolder: organization, user: name, mspID: alder())
            #expect(identity.serialized == expected)
        }
        let files = GoldenFiles.trade
        let folder = "crypto/peerOrganizations/alder.example/users/User1@alder.example/msp"
        let identity = try ClientIdentity(
            mspID: alder(),
            certificate: files.bytes("\(folder)/signcerts/\(files.names(in: "\(folder)/signcerts")[0])"),
            privateKey: files.bytes("\(folder)/keystore/priv_sk"))
        #expect(identity.serialized == expected)
        let signature = try await identity.sign(Bytes("message"))
        #expect(!signature.isEmpty)
    }

    @Test("that cannot be had are explained")
    func refusals() throws {
        func message(_ body: () throws -> ClientIdentity) -> String {
            do {
                _ = try body()
                return ""
            } catch let error as ClientError {
                return error.message
            } catch {
                return "\(error)"
            }
        }

        let unknown = message {
            try ClientIdentity.load(organizationFolder: organization, user: "Nobody", mspID: alder())
        }
        #expect(unknown.contains("has no user \"Nobody\"") && unknown.contains("User1@alder.example"), "\(unknown)")
        #expect(message { try ClientIdentity.load(mspFolder: "/none/such", mspID: alder()) }.contains("\"/none/such\""))
        let noIdentity = message { try ClientIdentity.load(mspFolder: "\(organization)/ca", mspID: alder()) }
        #expect(noIdentity.contains("cannot be used"), "\(noIdentity)")
        #expect(
            message { try ClientIdentity(mspID: alder(), certificate: Bytes("none"), privateKey: Bytes("none")) }
                .contains("certificate and key of a client of AlderMSP"))
    }
}
