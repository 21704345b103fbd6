internal import DuetClient
internal import FabricTypes
internal import Foundation
internal import Logging
internal import Synchronization

/// Carries actions out as transactions, step by step, and tells each step.
///
/// Where another transaction was faster the action is tried again, as a new transaction, as long as it still means what was wished
/// for: a marble is given away again only by whom it was to be given by.
final class ActionRunner: Sendable {
    /// Actions under way at once; more are refused.
    static let actionCountMax = 64
    /// Transactions that are made for one action.
    static let attemptCountMax = 4
    private static let firstPause = Duration.milliseconds(40)

    private struct UnderWay {
        var actionCount = 0
        /// Companies and names of those who are just being registered: two of one name must not both find it free.
        var names: Set<[String]> = []
    }

    private let feed: LiveFeed
    private let people: People
    private let notices: EventNotices
    private let contract: String
    private let logger: Logger
    private let underWay = Mutex(UnderWay())

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
        let name = action.kind.registeredName
        try underWay.withLock { underWay in
            guard underWay.actionCount < Self.actionCountMax else {
                throw ActionRefusal(.busy, "\(Self.actionCountMax) actions are under way: try again in a moment.")
            }
            if let name, !underWay.names.insert(name).inserted {
                throw ActionRefusal(.invalid, "\"\(name[1])\" is just joining \(name[0]).")
            }
            underWay.actionCount += 1
        }
        defer {
            underWay.withLock { underWay in
                underWay.actionCount -= 1
                if let name { underWay.names.remove(name) }
            }
        }
        let call = try await ContractCall(action, ledger: feed.ledger, people: people)
        let member: Member
        do {
            member = try await people.member(for: call.actor)
        } catch let refusal as ActionRefusal {
            throw refusal
        } catch {
            if let failure = error as? NodeAPI.Failure, failure.status == 0 { throw failure }
            throw ActionRefusal(.notFound, "The identity of \(call.actor.name) cannot be had. \(error)")
        }
        let story = await tell(call, request: action.request, by: member)
        // Who is registered under a name stays the only one: the next one looks for it in the ledger.
        if name != nil, story.code == "VALID", let block = story.block { try? await feed.wait(for: block + 1) }
        return story
    }

    private func tell(_ call: ContractCall, request: String, by member: Member) async -> Story {
        var story = Story(
            request: request, kind: call.kind, subject: call.subject, target: call.target,
            actor: PartyView(company: call.actor.company, name: call.actor.name))
        var pause = Self.firstPause
        while true {
            let mayTryAgain = await attempt(call, by: member, &story)
            guard mayTryAgain, story.earlier.count + 1 < Self.attemptCountMax, await stillMeans(call, by: member) else {
                break
            }
            logger.info("Action is tried again", metadata: ["transaction.id": "\(story.transaction)"])
            do {
                try await Task.sleep(for: pause * Double.random(in: 0.5...1.5))
            } catch {
                break  // cancelled: nothing of this action is under way
            }
            pause *= 2
            story.beginAgain()
        }
        feed.tell(.json("story", story))
        return story
    }

    /// Makes one transaction, and tells each stage but the last.
    ///
    /// - Returns: whether nothing came of it for a reason that a new transaction need not meet again.
    private func attempt(_ call: ContractCall, by member: Member, _ story: inout Story) async -> Bool {
        let (identity, channel) = (member.identity, member.channel)
        let clock = ContinuousClock()
        let begin = clock.now
        func reach(_ stage: Story.Stage) {
            story.stage = stage
            let (seconds, attoseconds) = (clock.now - begin).components
            story.milliseconds[stage.rawValue] = Double(seconds) * 1_000 + (Double(attoseconds) / 1e14).rounded() / 10
        }
        func tell(_ stage: Story.Stage) {
            reach(stage)
            feed.tell(.json("story", story))
        }
        do {
            let proposal = channel.proposal(to: contract, call.arguments)
            let signed = proposal.signed(try await identity.sign(proposal.messageToSign))
            story.transaction = proposal.transactionID.rawValue
            tell(.proposed)
            notices.tell(type: call.noticeType, transaction: story.transaction)
            let endorsed = try await channel.endorse(signed)
            var names = PartyNames()
            story.endorsers = endorsed.endorsers.map { names.view($0) }
            tell(.endorsed)
            try await channel.submit(
                endorsed.signed(try await identity.sign(endorsed.messageToSign)))
            tell(.ordered)
            let status = try await channel.commitStatus(of: proposal.transactionID)
            story.block = status.blockNumber
            story.code = status.code.name
            story.isConflict = status.code == .mvccReadConflict || status.code == .phantomReadConflict
            reach(.committed)
            return story.isConflict == true
        } catch {
            let reached = story.stage
            story.failedAfter = reached
            let failure = error as? ClientError
            story.message = failure.map(\.plainMessage) ?? "\(error)"
            story.isConflict = failure?.isConflict
            story.refusals = (failure?.refusals ?? []).map {
                Story.Refusal(company: CompanyName.of(mspID: $0.mspID), address: $0.address, message: $0.message)
            }
            // Before an orderer was asked nothing can come of it; afterwards only the ledger knows.
            let isOver = reached == .proposed || failure?.isDefinite == true
            reach(isOver ? .refused : .unknown)
            logger.info(
                "Action not committed", metadata: ["transaction.id": "\(story.transaction)", "error": "\(error)"])
            return isOver && (failure?.isConflict == true || failure?.isOfTheMoment == true)
        }
    }

    /// Whether a marble is still whose it was when somebody wished to give it away or to throw it away.
    ///
    /// The peer is asked, not the feed, which may be a block behind.
    private func stillMeans(_ call: ContractCall, by member: Member) async -> Bool {
        guard let owner = call.formerOwner else { return true }
        do {
            let bytes = try await member.channel.contract(contract).evaluate("read", call.subject)
            return StoredRecord(bytes)?.owner?.id == owner
        } catch {
            logger.debug("A marble's owner cannot be read", metadata: ["error": "\(error)"])
            return false
        }
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

    /// For people: what the connection's own words say is of no use to them.
    fileprivate var plainMessage: String {
        guard refusals.isEmpty, code == .unavailable || code == .deadlineExceeded else { return message }
        return "The ledger is out of reach: it did not answer in time."
    }

    /// Whether peers only had no time.
    fileprivate var isOfTheMoment: Bool {
        phase == .endorse && (code == .unavailable || code == .resourceExhausted)
    }
}
