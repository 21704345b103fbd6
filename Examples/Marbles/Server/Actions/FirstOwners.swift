internal import DuetClient
internal import Logging

/// The owners and marbles of a new ledger, made by real transactions as a visitor would make them.
struct FirstOwners: Sendable {
    /// For the first companies; further ones take the last names with a number.
    private static let names = [["amy", "alice", "ava"], ["andre", "andrew", "aaron"], ["bea", "ben", "bo"]]
    private static let colors = ["blue", "green", "orange", "red", "purple", "yellow", "pink", "white", "black"]
    private static let marblesPerOwner = 3

    let feed: LiveFeed
    let runner: ActionRunner
    let companies: [Company]
    let logger: Logger

    /// Makes them unless there are owners already.
    ///
    /// - Throws: `CancellationError`.
    func make() async throws {
        guard feed.ledger.owners.isEmpty else { return }
        logger.notice("The ledger has no owners yet: making some")
        var marbleCount = 0
        for (index, company) in companies.enumerated() {
            for name in Self.names(of: index) {
                guard let owner = try await register(name, of: company) else { continue }
                await withTaskGroup(of: Void.self) { group in
                    for _ in 0..<Self.marblesPerOwner {
                        let color = Self.colors[marbleCount % Self.colors.count]
                        let size: Int64 = marbleCount % 3 == 1 ? 16 : 35
                        marbleCount += 1
                        group.addTask { await create(color, size, for: owner) }
                    }
                }
            }
        }
    }

    private static func names(of index: Int) -> [String] {
        index < names.count ? names[index] : (names.last ?? []).map { "\($0)\(index)" }
    }

    /// - Returns: the owner's id.
    private func register(_ name: String, of company: Company) async throws -> String? {
        let story = await run(
            Action(request: "first", actor: nil, kind: .register(name: name, company: company.name)))
        guard let story, let block = story.block, story.code == "VALID" else { return nil }
        try await feed.wait(for: block + 1)
        return story.subject
    }

    private func create(_ color: String, _ size: Int64, for owner: String) async {
        _ = await run(
            Action(request: "first", actor: owner, kind: .create(color: color, size: size, owner: owner)))
    }

    private func run(_ action: Action) async -> Story? {
        do {
            let story = try await runner.run(action)
            if story.code != "VALID" {
                logger.warning(
                    "A first owner or marble was not made",
                    metadata: ["reason": "\(story.refusals.first?.message ?? story.message ?? "")"])
            }
            return story
        } catch {
            logger.warning("A first owner or marble was not made", metadata: ["reason": "\(error)"])
            return nil
        }
    }
}
