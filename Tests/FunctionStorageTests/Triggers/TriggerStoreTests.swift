import Foundation
import FunctionCore
import FunctionStorage
import FunctionTypes
import Testing
import TriggerCore

/// The same expectations of positions in memory and of those on disk.
@Suite("Stored positions of triggers")
struct TriggerStoreTests {
    enum Kind: CaseIterable {
        case memory, disk
    }

    private let name = PositionName(triggerID: "t", channel: "trade")

    private func withStore(_ kind: Kind, _ body: (any TriggerStore) throws -> Void) throws {
        switch kind {
        case .memory: try body(MemoryTriggerStore())
        case .disk:
            let path = FileManager.default.temporaryDirectory.appending(path: "duet-triggers-\(UUID().uuidString)")
                .path()
            defer { for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) } }
            try body(TriggerDatabase(try FunctionDatabase(path: path)))
        }
    }

    private func point(_ block: UInt64, _ transaction: Int = 0) -> LedgerPoint {
        LedgerPoint(block: block, transaction: transaction)
    }

    private func progress(_ watermark: LedgerPoint, settled: [LedgerPoint] = []) -> TriggerProgress {
        var progress = TriggerProgress(name: name, watermark: watermark, hashBefore: [1, 2])
        progress.settled = settled
        return progress
    }

    private func outcome(_ point: LedgerPoint) -> EventOutcome {
        EventOutcome(
            point: point, status: .handled, requestID: "r", version: VersionID(3), attemptCount: 2, batchCount: 1,
            responseDigest: "ab", response: [1, 2, 3], endedAt: Timestamp(milliseconds: 5), transactionIDs: ["tx"])
    }

    @Test(
        "a position comes back with what was settled above it, and forgets what it has passed", arguments: Kind.allCases
    )
    func positions(kind: Kind) throws {
        try withStore(kind) { store in
            #expect(try store.position(name) == nil)
            try store.save([progress(point(5), settled: [point(5, 2), point(6)])])
            #expect(
                try store.position(name)
                    == StoredPosition(watermark: point(5), hashBefore: [1, 2], settled: [point(5, 2), point(6)]))
            try store.save([progress(point(5, 3), settled: [point(7)])])
            #expect(try store.position(name)?.settled == [point(6), point(7)])
            try store.seek(name, to: point(2), hashBefore: [])
            #expect(try store.position(name) == StoredPosition(watermark: point(2)))
        }
    }

    @Test("a stop is kept until somebody lets the trigger go on", arguments: Kind.allCases)
    func stops(kind: Kind) throws {
        try withStore(kind) { store in
            var stopped = progress(point(1))
            stopped.stop = .stopped("bad")
            try store.save([stopped])
            try store.setPaused(name, true)
            #expect(try store.position(name)?.stop == "bad")
            #expect(try store.position(name)?.isPaused == true)
            try store.setPaused(name, false)
            #expect(try store.position(name)?.stop == nil)
            #expect(try store.position(name)?.isPaused == false)
        }
    }

    @Test("a transaction's outcomes are found under every trigger and replay of its channel", arguments: Kind.allCases)
    func outcomesOfTransaction(kind: Kind) throws {
        try withStore(kind) { store in
            var live = progress(point(9))
            live.outcomes = [point(7), point(7, 1), LedgerPoint(block: 7, transaction: 1, event: 2), point(8, 1)].map(
                outcome)
            var replayed = TriggerProgress(
                name: PositionName(triggerID: "t", channel: "trade", replayID: "r"), watermark: point(9), hashBefore: []
            )
            replayed.outcomes = [outcome(point(7, 1))]
            var elsewhere = TriggerProgress(
                name: PositionName(triggerID: "t", channel: "other"), watermark: point(9), hashBefore: [])
            elsewhere.outcomes = [outcome(point(7, 1))]
            try store.save([live, replayed, elsewhere])

            let found = try store.outcomes(ofTransaction: 1, inBlock: 7, of: "trade")

            #expect(
                Set(found) == [
                    NamedOutcome(name: name, outcome: live.outcomes[1]),
                    NamedOutcome(name: name, outcome: live.outcomes[2]),
                    NamedOutcome(name: replayed.name, outcome: replayed.outcomes[0]),
                ])
        }
    }

    @Test("parked keys list their events in order", arguments: Kind.allCases)
    func parked(kind: Kind) throws {
        try withStore(kind) { store in
            var change = progress(point(9))
            change.parked = [
                ParkedEvent(point: point(3), key: "a", reason: "bad"),
                ParkedEvent(point: point(4), key: "b", reason: "x"),
                ParkedEvent(point: point(5), key: "a", reason: nil),
            ]
            try store.save([change])
            #expect(
                try store.parkedKeys(name) == [
                    ParkedKey(key: "a", first: point(3), last: point(5), eventCount: 2, reason: "bad"),
                    ParkedKey(key: "b", first: point(4), last: point(4), eventCount: 1, reason: "x"),
                ])
            #expect(try store.parkedEvents(name, key: "a", from: .zero, limit: 1) == [point(3)])
            #expect(try store.parkedEvents(name, key: "a", from: point(4), limit: 9) == [point(5)])
            change = progress(point(9))
            change.unparked = [point(3), point(4)]
            try store.save([change])
            #expect(try store.parkedKeys(name).map(\.key) == ["a"])
        }
    }

    @Test("outcomes come newest first, whole", arguments: Kind.allCases)
    func outcomes(kind: Kind) throws {
        try withStore(kind) { store in
            var change = progress(point(9))
            change.outcomes = [outcome(point(1)), outcome(point(2)), outcome(point(3))]
            try store.save([change])
            #expect(try store.outcomes(name, below: nil, limit: 2).map(\.point) == [point(3), point(2)])
            #expect(try store.outcomes(name, below: point(2), limit: 2) == [outcome(point(1))])
            #expect(try store.outcome(name, at: point(2)) == outcome(point(2)))
        }
    }

    @Test("triggers that are gone leave nothing behind", arguments: Kind.allCases)
    func removal(kind: Kind) throws {
        try withStore(kind) { store in
            var change = progress(point(9), settled: [point(10)])
            change.outcomes = [outcome(point(1))]
            try store.save([change])
            try store.saveReplay(
                ReplayRecord(
                    id: "r", triggerID: "t", channel: "trade", first: 0, last: 9, qualifier: nil, isDryRun: true,
                    startedAt: Timestamp(milliseconds: 1)))
            #expect(try store.replays(triggerID: "t").map(\.id) == ["r"])
            try store.removeTriggers { $0 != "t" }
            #expect(try store.position(name) != nil)
            try store.removeTriggers { $0 != "other" }
            #expect(try store.position(name) == nil)
            #expect(try store.outcomes(name, below: nil, limit: 9).isEmpty)
            #expect(try store.replays(triggerID: "t").isEmpty)
        }
    }

    @Test("a dead letter of a trigger lies with the others")
    func deadLetters() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "duet-triggers-\(UUID().uuidString)").path()
        defer { for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) } }
        let database = try FunctionDatabase(path: path)
        let organization = OrganizationName(unchecked: "Org1MSP")
        var change = progress(point(9))
        change.deadLetters = [
            TriggerDeadLetter(
                trigger: TriggerName(unchecked: "on-put"),
                target: FunctionTarget(
                    FunctionID(
                        organization: organization, service: ServiceName(unchecked: "shop"),
                        function: FunctionName(unchecked: "handle"))),
                requestID: "3c1cd9f0-0000-4000-8000-000000000001", payload: [7], reason: "no", attemptCount: 3,
                version: nil, codeDigest: "d", buriedAt: Timestamp(milliseconds: 5), traceparent: nil)
        ]
        try TriggerDatabase(database).save([change])

        let letter = try #require(try database.deadLetters(AsyncFilter(organization: organization)).first)
        #expect(letter.payload == [7])
        #expect(letter.error == "no")
        #expect(letter.invocation.trigger?.rawValue == "on-put")
        #expect(letter.invocation.retryCount == 2)
    }
}
