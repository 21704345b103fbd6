import FunctionCore
import FunctionTypes
import Logging
import Testing
import TriggerCore

@testable import TriggerService

@Suite("The journal of invocations")
struct InvocationJournalTests {
    private let store = MemoryTraceStore()
    private let organization = OrganizationName(unchecked: "Org1MSP")

    private var journal: InvocationJournal {
        InvocationJournal(store: store, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private func end(
        _ requestID: String, fields: [String: String] = [:], outcome: InvocationOutcome = .event([]),
        origin: InvocationOrigin = .trigger(TriggerName(unchecked: "on-put"))
    ) -> InvocationEnd {
        let id = FunctionID(
            organization: organization, service: ServiceName(unchecked: "s"), function: FunctionName(unchecked: "f"))
        var invocation = Invocation(
            requestID: requestID, target: FunctionTarget(id), payload: .event([]), origin: origin, retryCount: 1,
            traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", logFields: fields)
        invocation.otherTransactionIDs = ["t2"]
        var measurement = InvocationMeasurement()
        measurement.queueing = .milliseconds(30)
        measurement.coldStart = ColdStartMeasurement()
        measurement.coldStart?.codeLoad = .milliseconds(20)
        measurement.duration = .microseconds(1_500)
        return InvocationEnd(
            invocation: invocation, parent: nil, startedAt: Timestamp(milliseconds: 9), elapsed: .milliseconds(40),
            function: nil,
            result: .success(
                InvocationReport(
                    requestID: requestID, outcome: outcome, version: nil, measurement: measurement, logTail: [],
                    codeChecksum: nil)))
    }

    private static let place = ["channel": "trade", "blockNumber": "7", "txId": "t1", "eventId": "trade/7/0/0"]

    @Test("what something on a ledger caused is recorded with its times; nothing else is")
    func recording() async throws {
        let journal = journal
        journal.ended(end("r1", fields: Self.place))
        journal.ended(end("r2"))
        let organization = organization
        for id in ["t1", "t2"] {
            let found = try await journal.read {
                try $0.invocations(.transaction(id), of: organization, after: 0, limit: 10).map(\.record)
            }
            let record = try #require(found.first)
            #expect(found.count == 1 && record.requestID == "r1" && record.status == .succeeded)
            #expect((record.kind, record.trigger, record.attempt) == (.trigger, "on-put", 2))
            #expect((record.block, record.eventID) == ("7", "trade/7/0/0"))
            #expect((record.timing.total, record.timing.queueing, record.timing.running) == (40_000, 10_000, 1_500))
            #expect(record.timing.codeLoad == 20_000)
        }
        #expect(try await journal.read { try $0.invocations(requestID: "r2", of: organization) }.isEmpty)
        #expect(journal.counts == (recorded: 1, dropped: 0))
    }

    @Test("a request that submits is recorded, whatever caused it")
    func submitting() async throws {
        let journal = journal
        journal.submitted(
            SubmissionRecord(requestID: "r1", organization: organization, channel: "trade", transactionID: "t9"))
        let failure = FunctionFailure(.handled, errorType: "Error", message: "late")
        journal.ended(end("r1", outcome: .failure(failure), origin: .http))
        let organization = organization
        let record = try #require(
            try await journal.read { try $0.invocations(requestID: "r1", of: organization) }.first)
        #expect((record.kind, record.status, record.error) == (.http, .failed, "Error: late"))
        #expect(try await journal.read { try $0.submission(of: "t9", by: organization) }?.requestID == "r1")
    }

    @Test("a store that fails is no reason for anything else to fail")
    func failing() async throws {
        let journal = InvocationJournal(
            store: BrokenStore(), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        journal.ended(end("r1", fields: Self.place))
        await #expect(throws: FunctionError.self) { try await journal.read { try $0.add([]) } }
        #expect(journal.counts.recorded == 1)
    }

    private struct BrokenStore: TraceStore {
        private let error = FunctionError(.internalServerError, "The disk is gone.")

        func add(_ entries: [TraceEntry]) throws { throw error }

        func invocations(
            _ place: TracePlace, of organization: OrganizationName, after number: Int64, limit: Int
        ) throws -> [(number: Int64, record: InvocationRecord)] { throw error }

        func invocations(requestID: String, of organization: OrganizationName) throws -> [InvocationRecord] {
            throw error
        }

        func submissions(by requestID: String, of organization: OrganizationName) throws -> [SubmissionRecord] {
            throw error
        }

        func submission(of transactionID: String, by organization: OrganizationName) throws -> SubmissionRecord? {
            throw error
        }
    }
}
