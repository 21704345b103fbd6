import Foundation
import FunctionTypes
import Testing
import TriggerCore

@testable import FunctionStorage

@Suite("Stored calls of contracts")
struct CallStoreTests {
    private func record(_ id: String, service: String = "prices", organization: String = "Org1MSP") throws -> CallRecord
    {
        CallRecord(
            transactionID: id, channel: "trade", contract: "grain",
            organization: try OrganizationName(validating: organization),
            service: try ServiceName(validating: service), function: try FunctionName(validating: "quote"),
            outcome: .failed, message: "no", requestDigest: "ab", answerDigest: "", duration: .microseconds(1_500),
            requestID: "r", at: FunctionTypes.Timestamp(milliseconds: 5))
    }

    @Test("calls come back newest first, and only those that were asked for")
    func filters() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("calls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = try FunctionDatabase(path: folder.path + "/functions.db")
        let records = [try record("a"), try record("b", service: "other"), try record("a")]
        try store.add(records + [try record("a", organization: "Org2MSP")])

        var filter = CallFilter(organization: try OrganizationName(validating: "Org1MSP"))
        #expect(try store.records(filter) == records.reversed())
        #expect(try store.records(filter).first?.durationMicroseconds == 1_500)
        filter.transactionID = "a"
        #expect(try store.records(filter) == [records[2], records[0]])
        filter.countMax = 1
        #expect(try store.records(filter) == [records[2]])
        filter.service = try ServiceName(validating: "other")
        #expect(try store.records(filter).isEmpty)
        filter = CallFilter(organization: try OrganizationName(validating: "Org1MSP"))
        filter.channel = "other"
        #expect(try store.records(filter).isEmpty)
    }
}
