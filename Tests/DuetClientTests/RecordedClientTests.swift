import FabricTypes
import GoldenLedger
import Synchronization
import Testing

@testable import DuetClient

@Suite("Against recorded exchanges of an official client")
struct RecordedClientTests {
    private struct Unexpected: Error {}

    @Test("the same requests are made, byte for byte, and the answers are understood", arguments: RecordedExchange.all)
    func sameRequests(_ exchange: RecordedExchange) async throws {
        let position = Mutex(0)
        let transport = ScriptedTransport { method, request in
            let index = position.withLock { position in
                defer { position += 1 }
                return position
            }
            guard index < exchange.calls.count else { throw CancellationError() }
            let call = exchange.calls[index]
            guard call.method == method else { throw Unexpected() }
            // The rest of a stream that the recorded client left is not known.
            if method.kind != .unary { return call.responses }
            if let failure = call.failure { throw failure }
            return call.responses
        }
        try await Replay(exchange, transport).run()

        #expect(transport.calls.map(\.method).starts(with: exchange.calls.map(\.method)))
        for (made, recorded) in zip(transport.calls, exchange.calls) {
            #expect(made.request == recorded.request)
        }
    }
}

/// Does with a client what the recorded application did with its own.
private struct Replay {
    private let exchange: RecordedExchange
    private let transport: ScriptedTransport
    private let first: RecordedExchange.Call

    init(_ exchange: RecordedExchange, _ transport: ScriptedTransport) throws {
        self.exchange = exchange
        self.transport = transport
        first = try #require(exchange.calls.first)
    }

    func run() async throws {
        switch first.method {
        case .evaluate:
            let request = try EvaluateRequest(decoding: first.request)
            try await evaluate(RecordedProposal(request.proposedTransaction), request)
        case .endorse:
            let request = try EndorseRequest(decoding: first.request)
            try await submit(RecordedProposal(request.proposedTransaction), request)
        default:
            try await events(SignedChaincodeEventsRequest(decoding: first.request))
        }
    }

    private func evaluate(_ proposal: RecordedProposal, _ request: EvaluateRequest) async throws {
        let contract = try contract(proposal)
        let context = try context(proposal, request.targetOrganizations)
        do {
            let answer = try await contract.evaluate(
                proposal.arguments[0].lossyText, Array(proposal.arguments.dropFirst()), context: context)
            let response = try EvaluateResponse(decoding: first.responses.first ?? Bytes())
            #expect(answer == response.result?.payload)
            #expect(first.failure == nil)
        } catch let error as ClientError {
            try expectSame(error, .evaluate, first)
        }
    }

    private func submit(_ proposal: RecordedProposal, _ request: EndorseRequest) async throws {
        let contract = try contract(proposal)
        let context = try context(proposal, request.endorsingOrganizations)
        do {
            let transaction = try await contract.submit(
                proposal.arguments[0].lossyText, Array(proposal.arguments.dropFirst()), context: context)
            let status = try CommitStatusResponse(decoding: try #require(exchange.calls.last?.responses.first))
            #expect(status.result == .valid)
            #expect(transaction.blockNumber == status.blockNumber)
            #expect(Bytes(transaction.id.rawValue) == request.transactionID)
        } catch let error as ClientError {
            if error.phase == .commit {
                let status = try CommitStatusResponse(decoding: try #require(exchange.calls.last?.responses.first))
                #expect(error.validationCode == status.result)
                #expect(error.blockNumber == status.blockNumber)
                #expect(error.transactionID.map { Bytes($0.rawValue) } == request.transactionID)
            } else {
                try expectSame(error, .endorse, first)
            }
        }
    }

    private func events(_ signed: SignedChaincodeEventsRequest) async throws {
        let request = try ChaincodeEventsRequest(decoding: signed.request)
        let identity = try identity(SerializedIdentity(decoding: request.identity))
        let client = NetworkClient(transport: transport, identity: identity, environment: .scripted())
        let contract = try client.channel(request.channelID.lossyText).contract(request.chaincodeID.lossyText)
        var start = EventStart.next
        if case .specified(let block) = request.startPosition?.kind { start = .block(block.number) }
        if !request.afterTransactionID.isEmpty, case .block(let number) = start {
            start = .after(EventCheckpoint(blockNumber: number, transactionID: request.afterTransactionID.lossyText))
        }
        let received = Mutex<[ContractEvent]>([])
        await #expect(throws: CancellationError.self) {
            try await contract.events(from: start) { event in received.withLock { $0.append(event) } }
        }
        let expected = try first.responses.map { try ChaincodeEventsResponse(decoding: $0) }
        #expect(
            received.withLock { $0.map(\.name) } == expected.flatMap { $0.events.map(\.eventName.lossyText) })
        #expect(
            received.withLock { $0.map(\.blockNumber) }
                == expected.flatMap { response in response.events.map { _ in response.blockNumber } })
    }

    // MARK: - Helpers

    private func context(_ proposal: RecordedProposal, _ organizations: [Bytes]) throws -> CallContext {
        CallContext(
            organizations: try organizations.map { try MSPID(validating: $0.lossyText) },
            transientData: proposal.transientData)
    }

    private func contract(_ proposal: RecordedProposal) throws -> ContractClient {
        let client = NetworkClient(
            transport: transport, identity: try identity(proposal.creator),
            environment: .scripted(nonces: [proposal.nonce], timestamp: proposal.timestamp))
        let channel = exchange.id.hasSuffix("-channel") ? "nowhere" : "trade"
        return try client.channel(channel).contract(proposal.contract)
    }

    /// Signs what the recorded client signed as it did, and nothing else.
    private func identity(_ serialized: SerializedIdentity) throws -> ClientIdentity {
        var signatures: [Bytes: Bytes] = [:]
        for call in exchange.calls {
            switch call.method {
            case .evaluate:
                let signed = try EvaluateRequest(decoding: call.request).proposedTransaction
                signatures[signed?.proposalBytes ?? Bytes()] = signed?.signature
            case .endorse:
                let signed = try EndorseRequest(decoding: call.request).proposedTransaction
                signatures[signed?.proposalBytes ?? Bytes()] = signed?.signature
            case .submit:
                let envelope = try SubmitRequest(decoding: call.request).preparedTransaction
                signatures[envelope?.payload ?? Bytes()] = envelope?.signature
            case .commitStatus:
                let signed = try SignedCommitStatusRequest(decoding: call.request)
                signatures[signed.request] = signed.signature
            default:
                let signed = try SignedChaincodeEventsRequest(decoding: call.request)
                signatures[signed.request] = signed.signature
            }
        }
        return try ClientIdentity(
            mspID: MSPID(validating: serialized.mspID.lossyText), certificate: serialized.idBytes
        ) { [signatures] message in signatures[message] ?? Bytes("something else was signed") }
    }

    private func expectSame(
        _ error: ClientError, _ phase: ClientError.Phase, _ call: RecordedExchange.Call
    ) throws {
        let failure = try #require(call.failure, "\(error)")
        #expect(error.phase == phase)
        #expect(error.code == failure.code)
        #expect(error.message == failure.message)
        #expect(error.refusals.map(\.address) == failure.details.map(\.address.lossyText))
        #expect(error.refusals.map(\.message) == failure.details.map(\.message.lossyText))
        #expect(error.transactionID != nil)
    }
}
