internal import DuetClient
internal import Logging

/// The owners and marbles of a new ledger, made by real transactions as a visitor would make them.
struct FirstOwners: Sendable {
    /// For the first companies; further ones take the last names with a number.
    private static let names = [["amy", "alice", "ava"], ["andre", "andrew", "aaron"], ["bea", "ben", "bo"]]
    private static let colors = ["blue", "green", "orange", "red", "purple", "yellow", "pink", "white", "black"]
    private static let marblesPerOwner = 3
    private static let attemptCountMax = 8
    private static let firstPause = Duration.milliseconds(250)
    private static let pauseMax = Duration.seconds(5)

    let feed: LiveFeed
    let runner: ActionRunner
    let companies: [Company]
    let logger: Logger

    /// Makes those of companies that have none but first owners: all of a new ledger's, and what an earlier start left out.
    ///
    /// - Throws: `CancellationError`.
    func make() async throws {
        let present = feed.ledger.owners.values
        var wanted: [(name: String, company: Company, number: Int)] = []
        for (index, company) in companies.enumerated() {
            let names = Self.names(of: index)
            let known = Set(present.filter { $0.company == company.name }.map(\.name))
            guard known.isSubset(of: names) else { continue }
            for (place, name) in names.enumerated() where !known.contains(name) {
                wanted.append((name, company, index * names.count + place))
            }
        }
        guard !wanted.isEmpty else { return }
        logger.notice("First owners and their marbles are made", metadata: ["owners.count": "\(wanted.count)"])
        try await withThrowingTaskGroup(of: Void.self) { group in
            // Owners are listed by their ids, which count on with time: one after another, so that Amy is the first.
            for (name, company, number) in wanted {
                guard let owner = try await register(name, of: company) else { continue }
                for index in 0..<Self.marblesPerOwner {
                    group.addTask { try await create(number * Self.marblesPerOwner + index, owner) }
                }
            }
            try await group.waitForAll()
        }
    }

    private static func names(of index: Int) -> [String] {
        index < names.count ? names[index] : (names.last ?? []).map { "\($0)\(index)" }
    }

    /// - Returns: the owner's id, once the feed has the owner; nil where it could not be made.
    private func register(_ name: String, of company: Company) async throws -> String? {
        let story = try await insist(
            Action(request: "first", actor: nil, kind: .register(name: name, company: company.name)))
        guard let story, story.code == "VALID" else {
            // An attempt of which nobody knew what became may have been the one.
            return feed.ledger.owners.values.first { $0.name == name && $0.company == company.name }?.id
        }
        return story.subject
    }

    private func create(_ number: Int, _ owner: String) async throws {
        let color = Self.colors[number % Self.colors.count]
        _ = try await insist(
            Action(
                request: "first", actor: owner,
                kind: .create(color: color, size: number % 3 == 1 ? 16 : 35, owner: owner)))
    }

    /// Tries until it is done. On a busy machine a rule's function may start too slowly for the first ones, and refuse them.
    private func insist(_ action: Action) async throws -> Story? {
        var pause = Self.firstPause
        var reason = ""
        for _ in 0..<Self.attemptCountMax {
            do {
                let story = try await runner.run(action)
                if story.code == "VALID" { return story }
                try Task.checkCancellation()
                reason = story.reason
                if story.stage == .unknown { break }
            } catch let refusal as ActionRefusal {
                reason = refusal.description
                if refusal.code == .invalid { break }
            }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, Self.pauseMax)
        }
        logger.warning("A first owner or marble was not made", metadata: ["reason": "\(reason)"])
        return nil
    }
}
