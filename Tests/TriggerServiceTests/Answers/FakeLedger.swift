import FabricTypes
import FunctionTypes
import GoldenLedger
import Membership
import Synchronization
import Testing
import TriggerCore

@testable import TriggerService

/// A ledger in memory whose network fails by a seed. Transactions of a known id take no second effect, as on every peer.
final class FakeLedger: LedgerGateway, LedgerGateways {
    struct Faults: Sendable {
        /// Of endorsements and submissions, 0…1.
        var failure = 0.0
        /// Of ordered transactions, 0…1.
        var conflict = 0.0
        /// Of any call: the process dies in it.
        var crash = 0.0
    }

    struct Entry: Sendable {
        var id: String
        var creator: Bytes
        var input: ChaincodeInput
        var code: ValidationCode
    }

    private struct State {
        var generator: SeededGenerator
        var faults = Faults()
        var entries: [Entry] = []
        var crashCount = 0
        /// Ordered, not yet in the ledger.
        var waiting: [Entry] = []
        /// What the contract says to a function's name; nothing to endorse.
        var refusals: [String: String] = [:]
        /// Functions whose contract does not exist.
        var missing: Set<String> = []
        /// Whether the channel does not exist.
        var isChannelMissing = false
    }

    private let state: Mutex<State>

    init(seed: UInt64, faults: Faults = Faults()) {
        state = Mutex(State(generator: SeededGenerator(seed: seed), faults: faults))
    }

    /// The process is gone; everything it held in memory with it.
    struct Crash: Error {}

    var entries: [Entry] { state.withLock { $0.entries } }
    var crashCount: Int { state.withLock { $0.crashCount } }

    /// The arguments of all transactions that took effect, in order.
    var effects: [[String]] {
        entries.filter(\.code.isValid).map { $0.input.arguments.map(\.lossyText) }
    }

    func setFaults(_ faults: Faults) {
        state.withLock { $0.faults = faults }
    }

    func refuse(_ function: String, _ reason: String?) {
        state.withLock { $0.refusals[function] = reason }
    }

    /// As if the contract of this function did not exist; nil for the channel.
    func makeMissing(_ function: String?) {
        state.withLock { state in
            if let function { state.missing.insert(function) } else { state.isChannelMissing = true }
        }
    }

    func gateway(of organization: MSPID) -> (any LedgerGateway)? { self }

    func onlyChannel(of organization: MSPID) -> ChannelID? { nil }

    private static func draw(_ probability: Double, _ state: inout State) -> Bool {
        probability > 0 && Double.random(in: 0..<1, using: &state.generator) < probability
    }

    /// A crash ends the run through the task's cancellation, so that no code after it can do anything.
    private func mayCrash() throws(LedgerGatewayError) {
        let crashes = state.withLock { state in
            guard Self.draw(state.faults.crash, &state) else { return false }
            state.crashCount += 1
            return true
        }
        guard crashes else { return }
        withUnsafeCurrentTask { $0?.cancel() }
        throw LedgerGatewayError(.unavailable, "crash")
    }

    func evaluate(
        _ request: EvaluateRequest, deadline: ContinuousClock.Instant
    ) async throws(LedgerGatewayError) -> Response {
        throw LedgerGatewayError(.refused, "nothing to evaluate")
    }

    func endorse(
        _ request: EndorseRequest, deadline: ContinuousClock.Instant
    ) async throws(LedgerGatewayError) -> Envelope {
        try mayCrash()
        let entry = try Self.entry(request.proposedTransaction)
        let result: Result<Void, LedgerGatewayError> = state.withLock { state in
            let function = entry.input.arguments.first?.lossyText ?? ""
            if state.missing.contains(function) { return .failure(LedgerGatewayError(.notFound, "no such contract")) }
            if let reason = state.refusals[function] { return .failure(LedgerGatewayError(.refused, reason)) }
            guard Self.draw(state.faults.failure, &state) else { return .success(()) }
            return .failure(
                LedgerGatewayError(Bool.random(using: &state.generator) ? .stale : .unavailable, "no endorsement"))
        }
        try result.get()
        return Envelope(payload: request.proposedTransaction?.proposalBytes ?? Bytes(), signature: Bytes())
    }

    func submit(_ request: SubmitRequest, deadline: ContinuousClock.Instant) async throws(LedgerGatewayError) {
        try mayCrash()
        let envelope = request.preparedTransaction ?? Envelope(payload: Bytes(), signature: Bytes())
        let entry = try Self.entry(SignedProposal(proposalBytes: envelope.payload, signature: envelope.signature))
        let result: Result<Void, LedgerGatewayError> = state.withLock { state in
            var entry = entry
            if Self.draw(state.faults.failure, &state) {
                switch Int.random(in: 0..<3, using: &state.generator) {
                case 0: return .failure(LedgerGatewayError(.stale, "stale"))
                case 1: return .failure(LedgerGatewayError(.unavailable, "lost before the orderer had it"))
                default:
                    // The orderer has it, its answer was lost, and the block comes late.
                    state.waiting.append(entry)
                    return .failure(LedgerGatewayError(.timedOut, "lost after the orderer had it"))
                }
            }
            entry.code = Self.draw(state.faults.conflict, &state) ? .mvccReadConflict : .valid
            Self.commit(entry, &state)
            return .success(())
        }
        try result.get()
        try mayCrash()
    }

    func place(of transactionID: TransactionID, on channel: ChannelID) async throws(LedgerGatewayError) -> LedgerPlace?
    {
        try mayCrash()
        if state.withLock({ $0.isChannelMissing }) { throw LedgerGatewayError(.notFound, "no such channel") }
        return state.withLock { state in
            if Self.draw(0.3, &state) { Self.commitWaiting(&state) }
            return Self.place(transactionID, state)
        }
    }

    func place(
        waitingFor transactionID: TransactionID, on channel: ChannelID, until deadline: ContinuousClock.Instant
    ) async throws(LedgerGatewayError) -> LedgerPlace? {
        try mayCrash()
        return state.withLock { state in
            Self.commitWaiting(&state)
            return Self.place(transactionID, state)
        }
    }

    func transaction(at place: LedgerPlace, on channel: ChannelID) async throws(LedgerGatewayError) -> Envelope? { nil }

    private static func place(_ id: TransactionID, _ state: State) -> LedgerPlace? {
        state.entries.firstIndex { $0.id == id.rawValue }
            .map { LedgerPlace(block: UInt64($0), index: 0, code: state.entries[$0].code) }
    }

    private static func commitWaiting(_ state: inout State) {
        for entry in state.waiting { commit(entry, &state) }
        state.waiting = []
    }

    private static func commit(_ entry: Entry, _ state: inout State) {
        var entry = entry
        if state.entries.contains(where: { $0.id == entry.id }) { entry.code = .duplicateTransactionID }
        state.entries.append(entry)
    }

    private static func entry(_ proposal: SignedProposal?) throws(LedgerGatewayError) -> Entry {
        do {
            let proposal = try Proposal(decoding: try #require(proposal).proposalBytes)
            let header = try Header(decoding: proposal.header)
            let signature = try SignatureHeader(decoding: header.signatureHeader)
            let payload = try ChaincodeProposalPayload(decoding: proposal.payload)
            let specification = try ChaincodeInvocationSpec(decoding: payload.input).chaincodeSpec
            return Entry(
                id: signature.transactionID.rawValue, creator: signature.creator,
                input: try #require(specification?.input), code: .valid)
        } catch {
            throw LedgerGatewayError(.refused, "\(error)")
        }
    }
}

/// Identities of one service, renewed on request.
final class FakeIdentities: ServiceIdentities {
    private let authority: DevelopmentAuthority
    private let mspID: MSPID
    private let identities: Mutex<[ServiceIdentity]>

    static let instant: Int64 = 1_700_000_000

    init() throws {
        authority = try DevelopmentAuthority(domain: "org1.example.com", at: Self.instant)
        mspID = try MSPID(validating: "Org1MSP")
        identities = Mutex([])
        try renew()
    }

    func renew() throws {
        try identities.withLock { identities in
            let key = PrivateKey()
            let certificate = try authority.identity(
                name: "shop@org1.example.com", role: .client, key: key, at: Self.instant)
            identities.append(
                ServiceIdentity(
                    certificateID: "\(identities.count + 1)",
                    signer: try SigningIdentity(mspID: mspID, certificate: certificate, key: key),
                    secret: try #require(ServiceSecret([UInt8](repeating: 7, count: 32)))))
        }
    }

    var creators: [Bytes] { identities.withLock { $0.map(\.signer.serialized) } }

    func identity(of service: ServiceName, _ organization: OrganizationName) async throws -> ServiceIdentity {
        try #require(identities.withLock { $0.last })
    }

    func identity(
        of service: ServiceName, _ organization: OrganizationName, certificateID: String
    ) async throws -> ServiceIdentity {
        try #require(identities.withLock { $0.first { $0.certificateID == certificateID } })
    }
}
