internal import DuetClient
internal import FabricTypes
internal import Foundation

/// Functions on a ledger's events: how soon after a commit one runs, how fast history goes through them.
struct TriggerMeasurement {
    let node: NodeProcess
    let load: Load
    /// Of the history.
    let transactionCount: Int

    private static let loneCount = 500
    private static let loneCountBefore = 20
    /// One in so many passes the filter.
    private static let filterRatio = 100

    func run() async throws {
        try deploy()
        try await measureLone()
        try await makeHistory()
        try replay("ordered events in batches of 100, each saved", "batches")
        try replay("the same for 1,000 keys, 8 at once", "keys")
        try replay("transactions through a filter that one in \(Self.filterRatio) passes", "filter")
    }

    // MARK: - Functions

    private func deploy() throws {
        let project = try node.makeFolder("project")
        // The first line of a handler takes the time; both processes read the same clock.
        try Data(
            "exports.handler = (event, context, done) => done(null, String(performance.timeOrigin + performance.now()))\n"
                .utf8
        ).write(to: project.appending(path: "first.js"))
        try Data("exports.handler = (event, context, done) => done(null, '')\n".utf8)
            .write(to: project.appending(path: "nothing.js"))
        try Data(Self.template.utf8).write(to: project.appending(path: "template.yml"))
        struct Changes: Decodable {}
        let _: Changes = try node.command("deploy", project.path)
    }

    private static let template = """
        ROSTemplateFormatVersion: '2015-09-01'
        Transform: 'Aliyun::Serverless-2018-04-03'
        Resources:
          bench:
            Type: 'Aliyun::Serverless::Service'
            first:
              Type: 'Aliyun::Serverless::Function'
              Properties: { Handler: first.handler, Runtime: nodejs20, CodeUri: ./ }
              Events:
                lone:
                  Type: ContractEvent
                  Properties: { Channel: mychannel, Contract: keyvalue, Arguments: [[{prefix: lone-}]] }
            nothing:
              Type: 'Aliyun::Serverless::Function'
              Properties: { Handler: nothing.handler, Runtime: nodejs20, CodeUri: ./ }
              Events:
                batches:
                  Type: ContractEvent
                  Properties: { Channel: mychannel, Contract: keyvalue, BatchSize: 100, Enable: false }
                keys:
                  Type: ContractEvent
                  Properties:
                    Channel: mychannel
                    Contract: keyvalue
                    BatchSize: 100
                    OrderBy: 'argument:0'
                    Parallel: 8
                    Enable: false
                filter:
                  Type: ContractEvent
                  Properties:
                    Channel: mychannel
                    Contract: keyvalue
                    Arguments: [[{prefix: wanted-}]]
                    BatchSize: 100
                    Enable: false
        """

    // MARK: - Lone transactions

    private struct Outcome: Decodable {
        let eventId: String
        let response: String?
    }

    private func measureLone() async throws {
        let lane = load.lanes[0]
        var ordered: [String: Date] = [:]
        var told: [String: Date] = [:]
        for number in 0..<(Self.loneCountBefore + Self.loneCount) {
            let proposal = lane.channel.proposal(
                to: lane.contract.name, [Bytes("put"), Bytes("lone-\(number)"), Bytes("v")])
            let transaction = try await lane.channel.endorse(
                proposal.signed(lane.identity.sign(proposal.messageToSign)))
            try await lane.channel.submit(transaction.signed(lane.identity.sign(transaction.messageToSign)))
            let orderedAt = Date()
            let status = try await lane.channel.commitStatus(of: transaction.transactionID)
            try status.requireValid()
            // The first ones start the function's process, and have to have left it. Each is alone in its block.
            guard number >= Self.loneCountBefore else {
                while try lone().count <= number {}
                continue
            }
            ordered["mychannel/\(status.blockNumber)/0/0"] = orderedAt
            told["mychannel/\(status.blockNumber)/0/0"] = Date()
        }
        var handled: [String: Date] = [:]
        while handled.count < ordered.count {
            for outcome in try lone() where ordered[outcome.eventId] != nil {
                let milliseconds = outcome.response.flatMap { Double($0) } ?? 0
                handled[outcome.eventId] = Date(timeIntervalSince1970: milliseconds / 1000)
            }
        }
        Self.print("handler's first line, after the orderer took the transaction", handled, since: ordered)
        Self.print("handler's first line, after the client was told of the commit", handled, since: told)
    }

    private func lone() throws -> [Outcome] {
        try node.command("trigger", "outcomes", "bench/first/lone", "--limit", "1000")
    }

    private static func print(_ name: String, _ ends: [String: Date], since starts: [String: Date]) {
        let waits = ends.compactMap { id, end in starts[id].map { end.timeIntervalSince($0) * 1000 } }.sorted()
        guard let last = waits.indices.last else { return }
        Swift.print(
            name.padding(toLength: 66, withPad: " ", startingAt: 0),
            String(format: "p50 %.2f ms  p99 %.2f ms", waits[last / 2], waits[last * 99 / 100]))
    }

    // MARK: - History

    private func makeHistory() async throws {
        let workerCount = 64
        let load = load
        let count = transactionCount / workerCount + 1
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<workerCount {
                group.addTask {
                    let lane = load.lanes[worker % load.lanes.count]
                    for number in 0..<count {
                        let place = worker * count + number
                        let prefix = place % Self.filterRatio == 0 ? "wanted" : "other"
                        try await lane.contract.submit("put", "\(prefix)-\(worker)-\(number % 16)", "v")
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private struct Replay: Decodable {
        let handledCount: Int
        let startedAt: String
        let endedAt: String?
        let status: String
    }

    private func replay(_ name: String, _ trigger: String) throws {
        let replay: Replay = try node.command("trigger", "replay", "bench/nothing/\(trigger)", "--from", "0")
        let start = Self.time(replay.startedAt)
        guard replay.status == "finished", let end = replay.endedAt.flatMap(Self.time), let start else {
            throw NodeProcessError(description: "The replay of \"\(trigger)\" ended as \(replay.status).")
        }
        let seconds = end.timeIntervalSince(start)
        let count = trigger == "filter" ? transactionCount : replay.handledCount
        Swift.print(
            name.padding(toLength: 66, withPad: " ", startingAt: 0),
            String(
                format: "%.0f/s  (%d in %.2f s, %d handled)", Double(count) / seconds, count, seconds,
                replay.handledCount))
    }

    private static func time(_ text: String) -> Date? {
        try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
