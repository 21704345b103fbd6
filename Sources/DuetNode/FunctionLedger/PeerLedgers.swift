internal import FabricTypes
internal import LedgerCore
internal import PeerService
internal import Synchronization
internal import TriggerService

/// The node's peers as functions reach them: by organisation, the first one of each.
///
/// Empty until the network is open: functions are opened before it, and call nothing until both run.
final class PeerLedgers: LedgerGateways {
    private let gateways = Mutex<[MSPID: PeerLedgerGateway]>([:])

    func add(_ gateway: PeerLedgerGateway) {
        gateways.withLock { gateways in
            if gateways[gateway.peer.mspID] == nil { gateways[gateway.peer.mspID] = gateway }
        }
    }

    func gateway(of organization: MSPID) -> (any LedgerGateway)? {
        gateways.withLock { $0[organization] }
    }

    func onlyChannel(of organization: MSPID) -> ChannelID? {
        let channels = gateways.withLock { $0[organization] }?.peer.channels ?? []
        return channels.count == 1 ? channels.first?.id : nil
    }
}

/// One peer's gateway and ledgers.
struct PeerLedgerGateway: LedgerGateway {
    let gateway: any GatewayService
    let peer: Peer

    func evaluate(
        _ request: EvaluateRequest, deadline: ContinuousClock.Instant
    ) async throws(LedgerGatewayError) -> Response {
        do throws(GatewayError) {
            return try await gateway.evaluate(request, deadline: deadline).result ?? Response()
        } catch {
            throw LedgerGatewayError(error)
        }
    }

    func endorse(
        _ request: EndorseRequest, deadline: ContinuousClock.Instant
    ) async throws(LedgerGatewayError) -> Envelope {
        let prepared: Envelope?
        do throws(GatewayError) {
            prepared = try await gateway.endorse(request, deadline: deadline).preparedTransaction
        } catch {
            throw LedgerGatewayError(error)
        }
        guard let prepared else { throw LedgerGatewayError(.unavailable, "The gateway prepared no transaction.") }
        return prepared
    }

    func submit(_ request: SubmitRequest, deadline: ContinuousClock.Instant) async throws(LedgerGatewayError) {
        do throws(GatewayError) {
            _ = try await gateway.submit(request, deadline: deadline)
        } catch {
            throw LedgerGatewayError(error)
        }
    }

    func place(of transactionID: TransactionID, on channel: ChannelID) async throws(LedgerGatewayError) -> LedgerPlace?
    {
        let id = Bytes(transactionID.rawValue)
        let channel = try ledger(channel)
        do {
            return try await channel.read { try $0.position(ofTransaction: id) }.map { LedgerPlace($0) }
        } catch {
            throw LedgerGatewayError(.unavailable, "The ledger of channel \"\(channel.id)\" cannot be read: \(error)")
        }
    }

    func place(
        waitingFor transactionID: TransactionID, on channel: ChannelID, until deadline: ContinuousClock.Instant
    ) async throws(LedgerGatewayError) -> LedgerPlace? {
        let id = Bytes(transactionID.rawValue)
        let channel = try ledger(channel)
        do {
            return try await withThrowingTaskGroup(of: LedgerPlace?.self) { group in
                defer { group.cancelAll() }
                group.addTask { LedgerPlace(try await channel.position(waitingForTransaction: id)) }
                group.addTask {
                    try await Task.sleep(until: deadline)
                    return nil
                }
                return try await group.next() ?? nil
            }
        } catch {
            throw LedgerGatewayError(.unavailable, "The ledger of channel \"\(channel.id)\" cannot be read: \(error)")
        }
    }

    func transaction(at place: LedgerPlace, on channel: ChannelID) async throws(LedgerGatewayError) -> Envelope? {
        let channel = try ledger(channel)
        do {
            guard let bytes = try await channel.block(place.block) else { return nil }
            let entries = try Block(decoding: bytes).data.entries
            return entries.indices.contains(place.index) ? try Envelope(decoding: entries[place.index]) : nil
        } catch {
            throw LedgerGatewayError(.unavailable, "The ledger of channel \"\(channel.id)\" cannot be read: \(error)")
        }
    }

    private func ledger(_ id: ChannelID) throws(LedgerGatewayError) -> PeerChannel {
        guard let channel = peer.channel(id) else {
            throw LedgerGatewayError(
                .notFound, "The peer of \(peer.mspID) has not joined a channel \"\(id)\".")
        }
        return channel
    }
}

extension LedgerPlace {
    fileprivate init(_ position: TransactionPosition) {
        self.init(block: position.blockNumber, index: position.transactionIndex, code: position.code)
    }
}
