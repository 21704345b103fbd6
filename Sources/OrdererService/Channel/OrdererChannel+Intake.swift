package import FabricTypes
internal import LedgerCore
internal import Logging
internal import Membership
package import OrderingCore
internal import Synchronization

extension OrdererChannel {
    /// Takes one envelope in and returns what became of it: success once its block is durable.
    ///
    /// Cancelling the caller takes nothing back: the envelope may be ordered all the same.
    package func broadcast(_ envelope: ReceivedEnvelope) async -> BroadcastResponse {
        await withCheckedContinuation { continuation in
            submit(envelope) { continuation.resume(returning: $0) }
        }
    }

    /// Judges an envelope and queues it. Envelopes submitted one after another are ordered in that order.
    ///
    /// - Parameter answer: called once, from any thread, perhaps before this returns. Must not block.
    package func submit(_ envelope: ReceivedEnvelope, answer: @escaping @Sendable (BroadcastResponse) -> Void) {
        do {
            let content = try admit(envelope)
            // Asked after the envelope was judged, as stock orderers do: what is wrong stays wrong.
            try checkCanWrite()
            switch intake.offer(Submission(content: content, arrival: options.time.uptime(), answer: answer)) {
            case .taken: return
            case .full:
                throw IntakeRefusal(
                    .serviceUnavailable, "too many messages are waiting on channel \(id), try again later")
            case .closed: throw unavailable
            }
        } catch let refusal as IntakeRefusal {
            logger.debug("Envelope refused", metadata: ["reason": "\(refusal)"])
            answer(refusal.response)
        } catch {
            logger.error("Envelope could not be wrapped", metadata: ["error": "\(error)"])
            answer(BroadcastResponse(status: .internalServerError, info: "the orderer could not sign the transaction"))
        }
    }

    private func admit(_ envelope: ReceivedEnvelope) throws -> Submission.Content {
        let configuration = configuration
        let rules = IntakeRules(configuration)
        switch envelope.kind {
        case .normal:
            try rules.admit(envelope, now: options.time.now())
            return .normal(envelope, sequence: configuration.sequence)
        case .configUpdate:
            return .config(
                update: envelope, try rules.propose(envelope, now: options.time.now(), signer: signer))
        case .config:
            throw IntakeRefusal(.badRequest, "message is of type that cannot be processed directly")
        case .unsupported:
            throw IntakeRefusal(.badRequest, "message is of type that is no longer supported")
        }
    }

    private func checkCanWrite() throws(IntakeRefusal) {
        guard feed.halt == nil, !intake.isClosed else { throw unavailable }
        guard !isShortOfSpace else {
            throw IntakeRefusal(.serviceUnavailable, "the disk of the orderer is full, try again later")
        }
    }

    /// Once space has run short every envelope looks anew, so that the channel goes on as soon as there is some.
    private var isShortOfSpace: Bool {
        guard shortage.load(ordering: .relaxed) else { return false }
        let hasRoom = log.hasRoom
        if hasRoom { shortage.store(false, ordering: .relaxed) }
        return !hasRoom
    }

    var unavailable: IntakeRefusal {
        IntakeRefusal(
            .serviceUnavailable,
            feed.halt == nil ? "channel \(id) takes no more messages" : "channel \(id) cannot store blocks")
    }
}
