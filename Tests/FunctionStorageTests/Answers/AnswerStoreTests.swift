import Foundation
import FunctionTypes
import Testing
import TriggerCore

@testable import FunctionStorage

@Suite("Stored answers")
struct AnswerStoreTests {
    private func withStores(_ body: (any AnswerStore) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("answers-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(MemoryAnswerStore())
        try body(try FunctionDatabase(path: folder.path + "/functions.db"))
    }

    private func record(_ event: String, trigger: String = "t")
        throws -> AnswerRecord
    {
        AnswerRecord(
            answer: HandlerAnswer(
                key: AnswerKey(triggerID: trigger, replayID: "r", eventIDs: [event, "other"]), response: [1, 2, 255],
                events: [
                    EventOrigin(
                        channel: "trade", block: .max, transactionIndex: 3, transactionID: "ab", causeDepth: 2,
                        traceparent: "00-x"),
                    EventOrigin(channel: "trade", block: 0, transactionIndex: nil, transactionID: "", causeDepth: 0),
                ],
                service: try ServiceName(validating: "shop"),
                organization: try OrganizationName(validating: "Org1MSP")),
            certificateID: "1", storedAt: Timestamp(milliseconds: 5))
    }

    @Test("an answer comes back as it was put, in every standing")
    func roundTrip() throws {
        try withStores { store in
            var record = try record("e1")
            try store.perform([.put(record)])
            #expect(try store.record(record.answer.key) == record)

            record.standing = .committed(["id1", "id2"])
            record.committedCount = 2
            record.answer.response = []
            try store.perform([.put(record)])
            #expect(try store.record(record.answer.key) == record)

            try store.perform([.remove(record.answer.key)])
            #expect(try store.record(record.answer.key) == nil)
        }
    }

    @Test("keys that read the same in a row are kept apart")
    func keys() throws {
        try withStores { store in
            try store.perform([.put(try record("a"))])
            #expect(try store.record(AnswerKey(triggerID: "t", replayID: "ra", eventIDs: ["other"])) == nil)
            #expect(try store.record(AnswerKey(triggerID: "t", replayID: "r", eventIDs: ["a"])) == nil)
            #expect(try store.record(AnswerKey(triggerID: "t", replayID: "r", eventIDs: ["a", "other"])) != nil)
        }
    }

    @Test("a trigger's answers come oldest first, those of a replay apart")
    func byTrigger() throws {
        try withStores { store in
            let records = try ["b", "a", "c"].map { try record($0) }
            try store.perform(records.map { .put($0) } + [.put(try record("d", trigger: "u"))])
            try store.perform([.put(records[0]), .remove(records[1].answer.key)])

            #expect(try store.records(triggerID: "t", replayID: "r") == [records[0], records[2]])
            #expect(try store.records(triggerID: "t", replayID: "").isEmpty)
        }
    }
}
