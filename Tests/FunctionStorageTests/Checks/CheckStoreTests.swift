import FabricTypes
import Foundation
import FunctionTypes
import Testing
import TriggerCore

@testable import FunctionStorage

@Suite("Stored verdicts")
struct CheckStoreTests {
    private func record(_ id: String, service: String = "rules", organization: String = "Org1MSP") throws -> CheckRecord
    {
        let question = CheckQuestion(
            organization: try MSPID(validating: organization), transactionID: id, channel: "trade", contract: "marbles",
            arguments: [Bytes("set_owner")],
            creator: CheckQuestion.Creator(mspID: "Org2MSP", name: "User1", certificate: "PEM"))
        return CheckRecord(
            question: question, organization: try OrganizationName(validating: organization),
            service: try ServiceName(validating: service), checkFunction: try FunctionName(validating: "f"),
            check: try TriggerName(validating: "limit"), verdict: .refused, message: "no", isCached: true,
            duration: .microseconds(1_500), requestID: "r", at: FunctionTypes.Timestamp(milliseconds: 5))
    }

    @Test("verdicts come back newest first, and only those that were asked for")
    func filters() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("checks-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = try FunctionDatabase(path: folder.path + "/functions.db")
        let records = [try record("a"), try record("b", service: "other"), try record("a")]
        try store.add(records + [try record("a", organization: "Org2MSP")])

        var filter = CheckFilter(organization: try OrganizationName(validating: "Org1MSP"))
        #expect(try store.records(filter) == records.reversed())
        #expect(try store.records(filter).first?.durationMicroseconds == 1_500)
        filter.transactionID = "a"
        #expect(try store.records(filter) == [records[2], records[0]])
        filter.countMax = 1
        #expect(try store.records(filter) == [records[2]])
        filter.service = try ServiceName(validating: "other")
        #expect(try store.records(filter).isEmpty)
    }
}
