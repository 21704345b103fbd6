package import FabricTypes
internal import FunctionTypes
internal import Membership
internal import Synchronization
package import TriggerCore

/// Calls that take effect once however often they are repeated: whoever repeats one names it by the same key.
extension LedgerCalls {
    /// Bytes of a key at most.
    package static let keyByteCountMax = 256
    /// Keys of one service that are remembered, the latest. An older one still gives the same transaction id, as long as the service's
    /// certificate has not changed since.
    package static let keyCountMax = 100_000
    private static let keyCountBetweenPrunings = 1_000
    private static let attemptCountMax = 50

    /// Has a transaction endorsed, ordered and committed, unless it was under this key before: then it tells what became of it.
    ///
    /// The transaction's id follows from key, service and attempt, as those of answers do, so that peers refuse a second copy. An
    /// attempt that stands invalid in the ledger is told once; whoever calls again begins the next one.
    ///
    /// - Parameter key: the function's own name for the call, unique among those of its service in the channel.
    /// - Throws: `refused` where the key was used for another call, or is no key.
    package func submit(
        _ call: LedgerCall, key: String, for caller: LedgerCaller
    ) async throws(LedgerGatewayError) -> Submitted {
        try mayChange(caller)
        guard let keys, (1...Self.keyByteCountMax).contains(key.utf8.count) else {
            throw LedgerGatewayError(
                .refused, "The idempotency key must be a text of 1 to \(Self.keyByteCountMax) bytes.")
        }
        try enter()
        defer { leave() }
        let name = AnswerKey(
            triggerID: "calls/\(caller.organization)/\(caller.service)", eventIDs: [call.channel.rawValue, key])
        let identity = try await identity(of: name, call, caller, keys)
        let gateway = try gateway(of: identity, caller)
        for attempt in 0..<Self.attemptCountMax {
            let nonce = identity.secret.nonce(of: name, index: 0, attempt: attempt)
            let proposal = try propose(call, caller, identity, nonce)
            let id = proposal.transactionID
            guard let place = try await gateway.place(of: id, on: call.channel) else {
                return try await send(proposal, of: call, for: caller, nonce: nonce, through: gateway)
            }
            guard place.code.isValid else { continue }
            let stored = try await gateway.transaction(at: place, on: call.channel)
            return Submitted(
                transactionID: id, place: place, result: stored.map(Self.result(in:)) ?? Bytes())
        }
        throw LedgerGatewayError(
            .refused,
            "\(Self.attemptCountMax) attempts under the key \"\(key)\" stand invalid in the ledger. Find out what the transaction "
                + "conflicts with.")
    }

    /// The identity under which the key was used first: on disk before anything is sent.
    private func identity(
        of name: AnswerKey, _ call: LedgerCall, _ caller: LedgerCaller, _ keys: AnswerStorage
    ) async throws(LedgerGatewayError) -> ServiceIdentity {
        let digest = Self.digest(of: call)
        do {
            if let record = try await keys.read({ try $0.record(name) }) {
                guard record.answer.response == digest else {
                    throw LedgerGatewayError(
                        .refused,
                        "The idempotency key \"\(name.eventIDs.last ?? "")\" was used for another call. Give each call a key of its own."
                    )
                }
                return try await identities.identity(
                    of: caller.service, caller.organization, certificateID: record.certificateID)
            }
            let identity = try await identities.identity(of: caller.service, caller.organization)
            let answer = HandlerAnswer(
                key: name, response: digest, events: [], service: caller.service, organization: caller.organization)
            try await keys.perform(
                .put(
                    AnswerRecord(
                        answer: answer, certificateID: identity.certificateID,
                        storedAt: FunctionTypes.Timestamp(milliseconds: now().seconds &* 1_000))))
            if newKeyCount.add(1, ordering: .relaxed).oldValue % Self.keyCountBetweenPrunings == 0 {
                try await keys.perform(.keepLatest(triggerID: name.triggerID, count: Self.keyCountMax))
            }
            return identity
        } catch let error as LedgerGatewayError {
            throw error
        } catch {
            throw LedgerGatewayError(.unavailable, "The idempotency key cannot be kept: \(error)")
        }
    }

    /// Of what the call does; transient values, which may be salted, do not count.
    private static func digest(of call: LedgerCall) -> [UInt8] {
        var bytes: [UInt8] = []
        for part in [call.contract] + call.arguments {
            withUnsafeBytes(of: UInt64(part.count).bigEndian) { bytes += $0 }
            bytes += part.array
        }
        return Digest(of: Bytes(bytes)).bytes.array
    }
}
