import DuetClient
import Foundation
import NetworkTestKit
import Testing

@Suite("The tutorial of clients")
struct ClientTutorialTests {
    @Test("shows the code that the tests compile")
    func shown() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
        let root = folder.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let tutorial = try String(contentsOf: root.appending(path: "docs/client.md"), encoding: .utf8)
        let code = try String(contentsOf: folder.appending(path: "Courier.swift"), encoding: .utf8)
        #expect(tutorial.contains("```swift\n\(code)```"), "docs/client.md does not show Courier.swift as it is")
    }

    @Test("its code does what it says")
    func works() async throws {
        try await RunningNetwork.with { network in
            let courier = try Courier(
                organization: network.organizationFolder(), mspID: "Org1MSP",
                authority: network.file("tlsca/tlsca.org1.example.com-cert.pem"), port: network.port())
            #expect(try await courier.deliver("parcel1", to: "Ulm") == "Ulm")
            #expect(try await courier.count() == "1")
            let complaints = try await courier.complaints(about: "fail", "too heavy")
            #expect(complaints[0].hasPrefix("endorse: "))
            #expect(complaints.contains { $0.hasPrefix("Org1MSP: ") && $0.contains("too heavy") })
            try await courier.follow(from: 0) { event in
                #expect(event.payload == Bytes("parcel1"))
                return false
            }
        }
    }
}
