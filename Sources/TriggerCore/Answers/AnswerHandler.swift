package import FabricTypes
package import FunctionTypes

/// Settles what a triggered function answered: its transactions take effect, exactly once, before the trigger's position moves.
package protocol AnswerHandler: Sendable {
    /// Settles what a handler answered for these events: nothing if it asked for no transactions.
    ///
    /// Called again with the same key after a crash until it returns. The trigger's position is saved only afterwards.
    ///
    /// - Throws: where it cannot be told now what becomes of the answer; the caller waits and calls again.
    func settle(_ answer: HandlerAnswer) async throws -> AnswerOutcome

    /// The stored answer of an attempt that was answered before a crash, so that the function is not asked again.
    func pending(_ key: AnswerKey) async throws -> HandlerAnswer?

    /// Every stored answer of a trigger that was not forgotten yet, oldest first.
    ///
    /// Asked once, before a trigger delivers anything after a start: batches may be cut otherwise than before the crash, so these
    /// are settled first, as they were given, and their events not delivered again.
    func unforgotten(triggerID: String, replayID: String) async throws -> [HandlerAnswer]

    /// The position stands behind the answer's events: nobody will ask for it again.
    func forget(_ key: AnswerKey) async throws

    /// Answers of a trigger of which a part took effect and the next transaction was refused, oldest first.
    func partlyRefused(triggerID: String) async throws -> [PartlyRefusedAnswer]

    /// Gives up what of such an answer has not taken effect: from now on it counts as settled.
    ///
    /// - Returns: false where there is no such answer.
    func giveUp(_ key: AnswerKey) async throws -> Bool
}

/// An answer that took effect in part. It stays the one that counts for its events until it is given up.
package struct PartlyRefusedAnswer: Hashable, Sendable {
    package var key: AnswerKey
    /// Transactions that stand in the ledger.
    package var committedIDs: [String]
    /// Why the next one was refused, in a whole sentence.
    package var refusal: String
    package var storedAt: FunctionTypes.Timestamp

    package init(key: AnswerKey, committedIDs: [String], refusal: String, storedAt: FunctionTypes.Timestamp) {
        self.key = key
        self.committedIDs = committedIDs
        self.refusal = refusal
        self.storedAt = storedAt
    }
}

/// Names one delivery: the same events delivered again have the same key.
package struct AnswerKey: Hashable, Sendable, Codable {
    /// The trigger's own id, which no other trigger gets, also after it was deleted.
    package var triggerID: String
    /// The replay in which the events were delivered; empty for live traffic.
    package var replayID: String
    /// CloudEvents ids, in the order of delivery; never empty.
    package var eventIDs: [String]

    package init(triggerID: String, replayID: String = "", eventIDs: [String]) {
        self.triggerID = triggerID
        self.replayID = replayID
        self.eventIDs = eventIDs
    }
}

/// What a function answered for a batch of events.
package struct HandlerAnswer: Hashable, Sendable {
    package var key: AnswerKey
    /// The function's answer as it came.
    package var response: [UInt8]
    /// The events it was asked about, in the order of the key's ids.
    package var events: [EventOrigin]
    /// Whose identity answers on chain.
    package var service: ServiceName
    package var organization: OrganizationName
    /// Of the invocation that gave the answer; empty where that is not known.
    package var requestID: String
    /// SHA-256 of the response as it came, hexadecimal digits, which stays when the response is emptied; empty where that is not known.
    package var responseDigest: String

    package init(
        key: AnswerKey, response: [UInt8], events: [EventOrigin], service: ServiceName, organization: OrganizationName,
        requestID: String = "", responseDigest: String = ""
    ) {
        self.requestID = requestID
        self.responseDigest = responseDigest
        self.key = key
        self.response = response
        self.events = events
        self.service = service
        self.organization = organization
    }
}

/// Where an event stands in the ledger, and how far it is from a cause outside.
package struct EventOrigin: Hashable, Sendable, Codable {
    package var channel: String
    package var block: BlockNumber
    /// The transaction's position in its block; nil for an event of a whole block.
    package var transactionIndex: Int?
    /// As it stands in the channel header; empty for an event of a whole block.
    package var transactionID: String
    /// 0 for a transaction of a client, one more than its cause's for one that a function answered.
    package var causeDepth: Int
    /// W3C trace context of the transaction.
    package var traceparent: String?

    package init(
        channel: String, block: BlockNumber, transactionIndex: Int?, transactionID: String, causeDepth: Int,
        traceparent: String? = nil
    ) {
        self.channel = channel
        self.block = block
        self.transactionIndex = transactionIndex
        self.transactionID = transactionID
        self.causeDepth = causeDepth
        self.traceparent = traceparent
    }
}

/// What became of an answer.
package enum AnswerOutcome: Hashable, Sendable {
    /// It asked for no transactions.
    case none
    /// Each of its transactions stands valid in the ledger, by id, in the answer's order.
    case committed([String])
    /// It can never take effect, in a whole sentence; the events count as failed, and the function may be asked again where the
    /// trigger's retries allow it.
    case refused(String)
}

/// For nodes whose functions answer no transactions.
package struct NoAnswers: AnswerHandler {
    package init() {}

    package func settle(_ answer: HandlerAnswer) async throws -> AnswerOutcome { .none }

    package func pending(_ key: AnswerKey) async throws -> HandlerAnswer? { nil }

    package func unforgotten(triggerID: String, replayID: String) async throws -> [HandlerAnswer] { [] }

    package func forget(_ key: AnswerKey) async throws {}

    package func partlyRefused(triggerID: String) async throws -> [PartlyRefusedAnswer] { [] }

    package func giveUp(_ key: AnswerKey) async throws -> Bool { false }
}
