internal import FabricTypes
internal import LedgerCore
internal import Synchronization

/// Those who wait for one transaction each, told when a block holds it.
///
/// Register first, then ask the ledger, then wait: so no commit falls between. Safe to use from any thread.
final class TransactionWaits: Sendable {
    /// At the bound registering throws ``PeerError/Code/tooManyWaiters``.
    static let countMaxDefault = 100_000

    /// Whoever registered must call ``forget(_:)``, whether or not it waited.
    struct Ticket: Hashable {
        fileprivate let id: Bytes
        fileprivate let number: UInt64
    }

    private enum Wait {
        case registered
        case waiting(CheckedContinuation<TransactionPosition, any Error>)
        case settled(Result<TransactionPosition, any Error>)
    }

    private struct State {
        var waits: [Bytes: [UInt64: Wait]] = [:]
        var count = 0
        var nextNumber: UInt64 = 0
        var end: PeerError?
    }

    private let state = Mutex(State())
    private let countMax: Int

    init(countMax: Int = countMaxDefault) {
        self.countMax = countMax
    }

    var count: Int { state.withLock(\.count) }

    func register(_ id: Bytes) throws(PeerError) -> Ticket {
        let result: Result<Ticket, PeerError> = state.withLock { state in
            guard state.count < countMax else { return .failure(.tooManyWaiters(countMax)) }
            state.nextNumber &+= 1
            state.count += 1
            state.waits[id, default: [:]][state.nextNumber] = state.end.map { .settled(.failure($0)) } ?? .registered
            return .success(Ticket(id: id, number: state.nextNumber))
        }
        return try result.get()
    }

    /// Waits until the transaction is in a block.
    ///
    /// - Throws: `CancellationError`, or why the channel commits no more.
    func position(_ ticket: Ticket) async throws -> TransactionPosition {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let settled: Result<TransactionPosition, any Error>? = state.withLock { state in
                    if case .settled(let result)? = state.waits[ticket.id]?[ticket.number] { return result }
                    if Task.isCancelled { return .failure(CancellationError()) }
                    state.waits[ticket.id]?[ticket.number] = .waiting(continuation)
                    return nil
                }
                if let settled { continuation.resume(with: settled) }
            }
        } onCancel: {
            settle(ticket, .failure(CancellationError()))
        }
    }

    func forget(_ ticket: Ticket) {
        state.withLock { state in
            guard state.waits[ticket.id]?.removeValue(forKey: ticket.number) != nil else { return }
            state.count -= 1
            if state.waits[ticket.id]?.isEmpty ?? false { state.waits[ticket.id] = nil }
        }
    }

    /// Wakes whoever waits for a transaction of a block that is committed and visible.
    func publish(_ ids: [Bytes], codes: [ValidationCode], of blockNumber: BlockNumber) {
        let woken = state.withLock { state in
            guard !state.waits.isEmpty else { return [Bytes: TransactionPosition]() }
            var woken: [Bytes: TransactionPosition] = [:]
            for (index, id) in ids.enumerated() where state.waits[id] != nil && woken[id] == nil {
                woken[id] = TransactionPosition(
                    blockNumber: blockNumber, transactionIndex: index, code: codes[index])
            }
            return woken
        }
        for (id, position) in woken {
            let numbers = state.withLock { $0.waits[id].map { Array($0.keys) } ?? [] }
            for number in numbers { settle(Ticket(id: id, number: number), .success(position)) }
        }
    }

    func finish(_ reason: PeerError) {
        let tickets = state.withLock { state in
            if state.end == nil { state.end = reason }
            return state.waits.flatMap { id, waits in waits.keys.map { Ticket(id: id, number: $0) } }
        }
        for ticket in tickets { settle(ticket, .failure(reason)) }
    }

    /// The first outcome counts.
    private func settle(_ ticket: Ticket, _ result: Result<TransactionPosition, any Error>) {
        let waiting: CheckedContinuation<TransactionPosition, any Error>? = state.withLock { state in
            guard let wait = state.waits[ticket.id]?[ticket.number] else { return nil }
            if case .settled = wait { return nil }
            state.waits[ticket.id]?[ticket.number] = .settled(result)
            if case .waiting(let continuation) = wait { return continuation }
            return nil
        }
        waiting?.resume(with: result)
    }
}
