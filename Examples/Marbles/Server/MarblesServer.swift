internal import AsyncHTTPClient
internal import DuetClient
internal import FabricTypes
internal import Foundation
internal import Logging
internal import UnixSignals

/// The demonstration's server: it stands between browsers and a network, and knows both only by their public interfaces.
struct MarblesServer: Sendable {
    /// How long the server waits at start for a node that is still starting.
    private static let attemptCountMax = 120
    private static let attemptPause = Duration.milliseconds(500)
    private static let signOfLifeInterval = Duration.seconds(10)
    /// How often the node is asked whether it is there, and how long it may take to answer.
    private static let lookInterval = Duration.seconds(2)
    private static let lookTimeout = Duration.seconds(5)
    private static let presenceInterval = Duration.milliseconds(300)

    let options: ServerOptions
    let logger: Logger

    /// Serves until the process is told to stop.
    func run() async throws {
        let files = try PageFiles(folder: options.pagesFolder)
        let node = NodeAPI(address: options.node, accessKey: options.accessKey)
        do {
            try await serve(files, node)
        } catch {
            try? await node.http.shutdown()  // the first error is the one to tell
            throw error
        }
        try await node.http.shutdown()
    }

    private func serve(_ files: PageFiles, _ node: NodeAPI) async throws {
        let channel = try await reachedChannel(node)
        let companies = try await CompanyDirectory(node: node).companies(channel: channel.name)
        let people = People(node: node, companies: companies, channel: channel.name)
        let beginning = try await node.call(
            ["api", "channels", channel.name, "blocks", "0"],
            query: companies.first.map { ["organization": $0.mspID.rawValue] } ?? [:],
            as: BlockAnswer.self)
        let feed = LiveFeed(ledgerName: String(beginning.hash.prefix(12)), contract: options.contract)
        let notices = EventNotices(
            node: node, service: options.service, function: options.function, logger: logger)
        let runner = ActionRunner(
            feed: feed, people: people, notices: notices, contract: options.contract, logger: logger)
        let runs = RunFollower(
            node: node, feed: feed, project: options.project, store: options.logstore, logger: logger)
        let rules = RuleKeeper(
            node: node, feed: feed, company: companies.first?.name ?? "", service: options.service,
            function: options.rule)
        let settings = SiteSettings(
            channel: channel.name, contract: options.contract,
            companies: companies.map { .init(name: $0.name, msp: $0.mspID.rawValue, peer: $0.peerName) },
            node: options.node)
        let site = Site(
            feed: feed, runner: runner, node: node, runs: runs, rules: rules, settings: settings, files: files,
            requestGuard: RequestGuard(hostNames: Set(options.hostName.map { $0.lowercased() })), logger: logger)
        let listener = SiteListener(host: options.bind, port: options.port, site: site, logger: logger)

        try await withThrowingTaskGroup(of: Void.self) { group in
            for company in companies { group.addTask { try await company.connection.run() } }
            group.addTask {
                let observer = try await people.observer()
                try await observer.blocks(from: .block(0)) { feed.take($0) }
            }
            group.addTask {
                while true {
                    try await Task.sleep(for: Self.signOfLifeInterval)
                    feed.tell(.signOfLife)
                }
            }
            group.addTask {
                while true {
                    try await Task.sleep(for: Self.lookInterval)
                    feed.setLedgerReachable(await isReachable(node))
                }
            }
            group.addTask { try await feed.tellPresence(atMostEvery: Self.presenceInterval) }
            group.addTask { await notices.run() }
            group.addTask { await runs.run() }
            group.addTask {
                try await feed.wait(for: channel.height)
                try await FirstOwners(feed: feed, runner: runner, companies: companies, logger: logger).make()
            }
            group.addTask {
                // A page that came sooner would see the whole history roll by.
                try await feed.wait(for: channel.height)
                try await listener.run { port in
                    print("Marbles is at http://localhost:\(port)")
                    fflush(nil)  // whoever started us may be waiting for this line
                }
            }
            group.addTask {
                for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) { throw Stopped() }
            }
            defer { group.cancelAll() }
            do {
                while try await group.next() != nil {}
            } catch is Stopped {
                feed.close()
            }
        }
    }

    /// Whether the node answers, be it with a refusal.
    private func isReachable(_ node: NodeAPI) async -> Bool {
        do {
            _ = try await node.call(
                ["api", "channels", options.channel], timeout: Self.lookTimeout, as: ChannelAnswer.self)
            return true
        } catch {
            return (error as? NodeAPI.Failure)?.status != 0
        }
    }

    /// Waits for the node, and for the channel on it.
    private func reachedChannel(_ node: NodeAPI) async throws -> ChannelAnswer {
        var attemptCount = 0
        while true {
            do {
                return try await node.call(["api", "channels", options.channel])
            } catch let failure as NodeAPI.Failure where failure.status == 0 || failure.status == 404 {
                attemptCount += 1
                if attemptCount == Self.attemptCountMax { throw failure }
                if attemptCount == 1 { logger.notice("Waiting for the node", metadata: ["node": "\(options.node)"]) }
                try await Task.sleep(for: Self.attemptPause)
            }
        }
    }

    private struct Stopped: Error {}

    private struct ChannelAnswer: Decodable {
        let name: String
        let height: UInt64
    }

    private struct BlockAnswer: Decodable {
        let hash: String
    }
}
