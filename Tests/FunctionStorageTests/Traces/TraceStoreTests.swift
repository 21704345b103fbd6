import Foundation
import FunctionStorage
import FunctionTypes
import Testing
import TriggerCore

/// The same expectations of records in memory and of those on disk.
@Suite("Stored records of invocations")
struct TraceStoreTests {
    enum Kind: CaseIterable {
        case memory, disk
    }

    private let organization = OrganizationName(unchecked: "Org1MSP")

    private func withStore(_ kind: Kind, _ body: (any TraceStore) throws -> Void) throws {
        switch kind {
        case .memory: try body(MemoryTraceStore())
        case .disk:
            let path = FileManager.default.temporaryDirectory.appending(path: "duet-traces-\(UUID().uuidString)").path()
            defer { for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) } }
            try body(try TraceDatabase(path: path))
        }
    }

    private func record(
        _ requestID: String, transaction: String? = nil, block: String? = nil, organization: String = "Org1MSP"
    ) -> InvocationRecord {
        let id = FunctionID(
            organization: OrganizationName(unchecked: organization), service: ServiceName(unchecked: "s"),
            function: FunctionName(unchecked: "f"))
        var record = InvocationRecord(
            requestID: requestID, target: FunctionTarget(id), kind: .trigger, attempt: 2, traceparent: "00-…",
            startedAt: Timestamp(milliseconds: 5), status: .failed)
        record.channel = "trade"
        record.block = block
        record.transactionID = transaction
        record.timing.codeLoad = 7
        record.error = "E: because"
        return record
    }

    @Test("records are found by transaction, by block and by request, each whole", arguments: Kind.allCases)
    func finding(kind: Kind) throws {
        try withStore(kind) { store in
            let (first, second, whole) = (
                record("r1", transaction: "t1"), record("r1", transaction: "t1"), record("r2", block: "7")
            )
            try store.add([
                .invocation(first, otherTransactionIDs: []), .invocation(whole, otherTransactionIDs: []),
                .invocation(record("r3", transaction: "t1", organization: "Org2MSP"), otherTransactionIDs: []),
            ])
            try store.add([.invocation(second, otherTransactionIDs: ["t1", "t2", ""])])
            let found = try store.invocations(.transaction("t1"), of: organization, after: 0, limit: 10)
            #expect(found.map(\.record) == [first, second])
            #expect(
                try store.invocations(.transaction("t2"), of: organization, after: 0, limit: 10).map(\.record) == [
                    second
                ])
            #expect(try store.invocations(requestID: "r1", of: organization) == [first, second])
            #expect(try store.invocations(requestID: "r3", of: organization).isEmpty)
            let block = TracePlace.block(channel: "trade", number: 7)
            #expect(try store.invocations(block, of: organization, after: 0, limit: 10).map(\.record) == [whole])
            #expect(try store.invocations(.transaction(""), of: organization, after: 0, limit: 10).isEmpty)
        }
    }

    @Test("pages follow one another without gap or double", arguments: Kind.allCases)
    func pages(kind: Kind) throws {
        try withStore(kind) { store in
            try store.add((0..<7).map { .invocation(record("r\($0)", transaction: "t"), otherTransactionIDs: []) })
            var names: [String] = []
            var last: Int64 = 0
            while true {
                let page = try store.invocations(.transaction("t"), of: organization, after: last, limit: 3)
                names += page.map(\.record.requestID)
                guard let end = page.last?.number else { break }
                last = end
            }
            #expect(names == (0..<7).map { "r\($0)" })
        }
    }

    @Test("what was submitted is found from either end", arguments: Kind.allCases)
    func submissions(kind: Kind) throws {
        try withStore(kind) { store in
            let made = ["t1", "t2"].map {
                SubmissionRecord(requestID: "r", organization: organization, channel: "trade", transactionID: $0)
            }
            try store.add(made.map { .submission($0) })
            #expect(try store.submissions(by: "r", of: organization) == made)
            #expect(try store.submission(of: "t2", by: organization) == made[1])
            #expect(try store.submission(of: "t2", by: OrganizationName(unchecked: "Org2MSP")) == nil)
        }
    }
}
