import Foundation
import Testing

@testable import MarblesServer

@Suite("What comes to the server as text")
struct TextTests {
    @Test("a line leads to the transaction that it names")
    func transactionInLine() {
        let id = String(repeating: "0a", count: 32)
        #expect(RunLine.transactionID(in: "{\"transaction\":\"\(id)\",\"type\":\"create\"}") == id)
        #expect(RunLine.transactionID(in: "\(id)") == id)
        #expect(RunLine.transactionID(in: "\(id)0") == nil)
        #expect(RunLine.transactionID(in: "abc \(id.dropLast()) def") == nil)
        #expect(RunLine.transactionID(in: "") == nil)
        let line = RunLine(cursor: "0:1", time: "", fields: ["txId": id, "message": "x", "blockNumber": "7"])
        #expect(line.transaction == id)
        #expect(line.block == 7)
    }

    @Test(
        "organisations are shown by names that lead back to them",
        arguments: [
            ("UnitedMarbles", "United Marbles"), ("Org1MSP", "Org1"), ("MSP", "MSP"), ("", ""), ("ABC", "ABC"),
        ])
    func companyNames(mspID: String, name: String) {
        #expect(CompanyName.of(mspID: mspID) == name)
    }

    @Test("hosts are taken apart as browsers write them")
    func hosts() {
        #expect(RequestGuard.name(of: "LocalHost:3001") == "localhost")
        #expect(RequestGuard.name(of: "[::1]:3001") == "::1")
        #expect(RequestGuard.name(of: "127.0.0.1") == "127.0.0.1")
        #expect(RequestGuard.name(of: "") == nil)
        #expect(RequestGuard.name(of: "a:b:c") == nil)
        #expect(RequestGuard.name(of: "localhost:80@evil.example") == nil)
        #expect(RequestGuard.name(of: "localhost:") == nil)
        #expect(RequestGuard.name(of: "[::1].evil.example") == nil)
        #expect(RequestGuard.name(of: "[::1") == nil)
        #expect(RequestGuard.isLoopback("127.9.9.9"))
        #expect(!RequestGuard.isLoopback("127.0.0.1.example.com"))
        #expect(!RequestGuard.isLoopback("127.0.0.256"))
        #expect(!RequestGuard.isLoopback("localhost.example.com"))
    }

    @Test("a stream of events is read however it is cut")
    func eventStream() throws {
        let text = ": hello\n\nid: 1\ndata: a\r\n\ndata: b\ndata: c\n\nid: 3\n\ndata:d\n\n"
        for size in 1...text.utf8.count {
            var parser = EventStreamParser()
            var events: [String] = []
            let bytes = Array(text.utf8)
            for start in stride(from: 0, to: bytes.count, by: size) {
                events += try parser.take(bytes[start..<min(start + size, bytes.count)]).map {
                    "\($0.id ?? "-")=\($0.data)"
                }
            }
            #expect(events == ["1=a", "1=b\nc", "3=d"])
        }
    }

    @Test("a page's wish is read, and what is none is told apart")
    func actions() throws {
        func read(_ text: String) throws -> Action { try JSONDecoder().decode(Action.self, from: Data(text.utf8)) }
        let action = try read(#"{"request":"r","actor":"o1","kind":"create","color":"blue","size":35,"owner":"o1"}"#)
        #expect(action.kind == .create(color: "blue", size: 35, owner: "o1"))
        #expect(throws: ActionRefusal.self) { try read(#"{"request":"r","kind":"dance"}"#) }
        #expect(throws: ActionRefusal.self) { try read(#"{"request":"","kind":"retire","owner":"o"}"#) }
        #expect(throws: (any Error).self) { try read("[]") }
        let long = String(repeating: "x", count: 257)
        #expect(throws: ActionRefusal.self) { try read(#"{"request":"r","kind":"delete","marble":"\#(long)"}"#) }
    }

    @Test("new ids have a letter and nineteen places, and differ")
    func newIDs() {
        let ids = (0..<100).map { _ in ContractCall.newID("m") }
        #expect(ids.allSatisfy { $0.count == 20 && $0.hasPrefix("m0") })
        #expect(Set(ids).count > 1)
    }

    @Test("identities are issued under names that certificates can bear")
    func identityNames() {
        func name(_ text: String) -> String {
            People.identityName(
                of: OwnerView(id: "o7", name: text, company: "", isEnabled: true, points: 0))
        }
        #expect(name("amy") == "amy")
        #expect(name("弹珠") == "o7")
        #expect(name("a/../b") == "o7")
        #expect(name("") == "o7")
    }
}
