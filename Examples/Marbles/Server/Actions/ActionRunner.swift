internal import DuetClient
internal import FabricTypes
internal import Foundation
internal import Logging
internal import Synchronization

/// Carries actions out as transactions, step by step, and tells each step.
final class ActionRunner: Sendable {
    /// Actions under way at once; more are refused.
    static let actionCountMax = 64

    private let feed: LiveFeed
    private let people: People
    private let notices: EventNotices
    private let contract: String
    private let logger: Logger
    private let runningCount = Mutex(0)

    init(feed: LiveFeed, people: People, notices: EventNotices, contract: String, logger: Logger) {
        self.feed = feed
        self.people = people
        self.notices = notices
        self.contract = contract
        self.logger = logger
    }

    /// Carries an action out to its end.
    ///
    /// - Returns: how it ended, which pages have been told too. A transaction that is on its way goes on if this is cancelled.
    /// - Throws: ``ActionRefusal`` where there was nothing to try.
    func run(_ action: Action) async throws -> Story {
        let hasRoom = runningCount.withLock { count in
            guard count < Self.actionCountMax else { return false }
            count += 1
            return true
        }
        guard hasRoom else {
            throw ActionRefusal(.busy, "\(Self.actionCountMax) actions are under way: try again in a moment.")
        }
        defer { runningCount.withLock { $0 -= 1 } }
        let call = try await ContractCall(action, ledger: feed.ledger, people: people)
        let member: Member
        do {
            member = try await people.member(for: call.actor)
        } catch let refusal as ActionRefusal {
            throw refusal
        } catch {
            throw ActionRefusal(.notFound, "The identity of \(call.actor.name) cannot be had. \(error)")
        }
        return await tell(call, request: action.request, by: member)
    }

    private func tell(_ call: ContractCall, request: String, by member: Member) async -> Story {
        let (identity, channel) = (member.identity, member.channel)
        let clock = ContinuousClock()
        let begin = clock.now
        var story = Story(
            request: request, kind: call.kind, subject: call.subject, target: call.target,
            actor: PartyView(company: call.actor.company, name: call.actor.name))
        func reach(_ stage: Story.Stage) {
            story.stage = stage
            let (seconds, attoseconds) = (clock.now - begin).components
            story.milliseconds[stage.rawValue] = Double(seconds) * 1_000 + (Double(attoseconds) / 1e14).rounded() / 10
            feed.tell(.json("story", story))
        }
        do {
            let proposal = channel.proposal(to: contract, call.arguments)
            let signed = proposal.signed(try await identity.sign(proposal.messageToSign))
            story.transaction = proposal.transactionID.rawValue
            reach(.proposed)
            notices.tell(type: call.noticeType, transaction: story.transaction)
            let endorsed = try await channel.endorse(signed)
            var names = PartyNames()
            story.endorsers = endorsed.endorsers.map { names.view($0) }
            reach(.endorsed)
            try await channel.submit(
                endorsed.signed(try await identity.sign(endorsed.messageToSign)))
            reach(.ordered)
            let status = try await channel.commitStatus(of: proposal.transactionID)
            story.block = status.blockNumber
            story.code = status.code.name
            story.isConflict = status.code == .mvccReadConflict || status.code == .phantomReadConflict
            reach(.committed)
        } catch {
            let reached = story.stage
            story.failedAfter = reached
            if let error = error as? ClientError {
                story.message = error.message
                story.isConflict = error.isConflict
                story.refusals = error.refusals.map {
                    Story.Refusal(
                        company: CompanyName.of(mspID: $0.mspID), address: $0.address, message: $0.message)
                }
            } else {
                story.message = "\(error)"
            }
            // Before an orderer was asked nothing can come of it; afterwards only the ledger knows.
            let isOver = reached == .proposed || (error as? ClientError)?.isDefinite == true
            reach(isOver ? .refused : .unknown)
            logger.info(
                "Action not committed", metadata: ["transaction.id": "\(story.transaction)", "error": "\(error)"])
        }
        return story
    }
}

extension ClientError {
    /// Whether the transaction will never be in the ledger as valid.
    fileprivate var isDefinite: Bool {
        switch phase {
        case .prepare, .evaluate, .endorse, .commit: true
        case .submit: code != .unavailable && code != .deadlineExceeded && code != .canceled
        default: false
        }
    }
}

/// An action in the contract's words.
struct ContractCall: Sendable {
    let actor: OwnerView
    let kind: String
    /// The marble or owner that it is about; new ones have their id here.
    let subject: String
    let target: String?
    /// The contract's function and its arguments.
    let arguments: [Bytes]
    /// What the tutorial's function calls such an action.
    let noticeType: String

    init(_ action: Action, ledger: MarblesLedger, people: People) async throws {
        func owner(_ id: String) throws -> OwnerView {
            guard let owner = ledger.owners[id] else {
                throw ActionRefusal(.notFound, "There is no owner \"\(id)\".")
            }
            return owner
        }
        func acting() throws -> OwnerView {
            guard let id = action.actor else { throw ActionRefusal(.invalid, "\"actor\" is missing: who acts?") }
            return try owner(id)
        }
        kind = action.kind.name
        switch action.kind {
        case .create(let color, let size, let owner):
            actor = try acting()
            subject = Self.newID("m")
            target = owner
            // The contract is told on whose behalf; it checks that against the caller's certificate.
            arguments = ["init_marble", subject, color, "\(size)", owner, actor.company].map { Bytes($0) }
            noticeType = "create"
        case .transfer(let marble, let owner):
            actor = try acting()
            subject = marble
            target = owner
            arguments = ["set_owner", marble, owner, actor.company].map { Bytes($0) }
            noticeType = "transfer_marble"
        case .delete(let marble):
            actor = try acting()
            subject = marble
            target = nil
            arguments = ["delete_marble", marble, actor.company].map { Bytes($0) }
            noticeType = "delete_marble"
        case .register(let name, let company):
            guard await people.company(named: company) != nil else {
                throw ActionRefusal(.notFound, "The company \"\(company)\" takes no part in this network.")
            }
            let name = name.trimmingCharacters(in: .whitespacesAndNewlines).lowercased()
            guard !ledger.owners.values.contains(where: { $0.name == name && $0.company == company }) else {
                throw ActionRefusal(.invalid, "\(company) has somebody called \"\(name)\" already.")
            }
            subject = Self.newID("o")
            actor = OwnerView(id: subject, name: name, company: company, isEnabled: true, points: 0)
            target = nil
            arguments = ["init_owner", subject, name, company].map { Bytes($0) }
            noticeType = "create_owner"
        case .retire(let owner):
            actor = try acting()
            subject = owner
            target = nil
            arguments = ["disable_owner", owner, actor.company].map { Bytes($0) }
            noticeType = "disable_owner"
        }
    }

    /// As the original makes them: a letter, then milliseconds and five random characters in 19 places.
    static func newID(_ letter: Character) -> String {
        let milliseconds = Int64(Date().timeIntervalSince1970 * 1_000)
        let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789")
        let tail = String((0..<5).map { _ in letters[Int.random(in: 0..<letters.count)] })
        let text = "\(milliseconds)\(tail)"
        return "\(letter)" + String(repeating: "0", count: max(0, 19 - text.count)) + text
    }
}

extension Action.Kind {
    /// As pages name it.
    var name: String {
        switch self {
        case .create: "create"
        case .transfer: "transfer"
        case .delete: "delete"
        case .register: "register"
        case .retire: "retire"
        }
    }
}
