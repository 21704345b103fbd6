import FabricTypes
import Foundation
import GoldenLedger
import Synchronization
import Testing

@testable import DuetClient

@Suite("Submitting through a gateway")
struct SubmitTests {
    /// A gateway that prepares transactions for whatever it is asked.
    private static func answer(_ method: GatewayMethod, _ request: Bytes) throws -> [Bytes] {
        switch method {
        case .endorse:
            let request = try EndorseRequest(decoding: request)
            let proposal = try Proposal(decoding: request.proposedTransaction?.proposalBytes ?? Bytes())
            let action = ChaincodeAction(
                results: Bytes(), response: Response(status: 200, payload: Bytes("result")), chaincodeID: nil)
            let endorsed = ChaincodeEndorsedAction(
                proposalResponsePayload: ProposalResponsePayload(
                    proposalHash: Bytes(), extension: action.encoded()
                ).encoded(), endorsements: [])
            let transaction = Transaction(actions: [
                TransactionAction(
                    header: Bytes(),
                    payload: ChaincodeActionPayload(chaincodeProposalPayload: Bytes(), action: endorsed).encoded())
            ])
            let payload = Payload(header: try Header(decoding: proposal.header), data: transaction.encoded())
            return [
                EndorseResponse(preparedTransaction: Envelope(payload: payload.encoded(), signature: Bytes()))
                    .encoded()
            ]
        case .commitStatus: return [CommitStatusResponse(.valid, blockNumber: 7).encoded()]
        default: return [Bytes()]
        }
    }

    private static func identity() throws -> ClientIdentity {
        let folder = "crypto/peerOrganizations/alder.example/users/User1@alder.example/msp"
        return try ClientIdentity.load(
            mspFolder: GoldenFiles.trade.url(folder).path(), mspID: MSPID(validating: "AlderMSP"))
    }

    private static func contract(
        _ transport: ScriptedTransport, pauses: Pauses = Pauses()
    ) throws -> ContractClient {
        let client = NetworkClient(
            transport: transport, identity: try identity(), environment: .scripted(pauses: pauses))
        return try client.channel("trade").contract("goods")
    }

    private static let threeTimes = ConflictRetry(
        attemptCountMax: 3, delay: .milliseconds(10), delayMax: .milliseconds(15))

    @Test("a transaction that lost a read conflict is tried again as a new one")
    func retriesAfterCommit() async throws {
        let statuses = Mutex<[ValidationCode]>([.mvccReadConflict, .phantomReadConflict, .valid])
        let transport = ScriptedTransport { method, request in
            guard method == .commitStatus else { return try Self.answer(method, request) }
            return [CommitStatusResponse(statuses.withLock { $0.removeFirst() }, blockNumber: 9).encoded()]
        }
        let pauses = Pauses()

        let committed = try await Self.contract(transport, pauses: pauses)
            .submit("put", [Bytes("k"), Bytes("v")], retry: Self.threeTimes)

        #expect(committed.attemptCount == 3)
        #expect(committed.blockNumber == 9)
        #expect(committed.result == Bytes("result"))
        let ids = try transport.calls.filter { $0.method == .endorse }
            .map { try EndorseRequest(decoding: $0.request).transactionID }
        #expect(Set(ids).count == 3)
        #expect(pauses.all.count == 2)
        #expect(pauses.all[0] >= .milliseconds(5) && pauses.all[0] <= .milliseconds(10))
        #expect(pauses.all[1] >= .milliseconds(7.5) && pauses.all[1] <= .milliseconds(15))
    }

    @Test("one that the gateway finds stale is tried again too")
    func retriesStale() async throws {
        let count = Atomic(0)
        let transport = ScriptedTransport { method, request in
            if method == .submit, count.add(1, ordering: .relaxed).newValue == 1 {
                throw CallFailure(.aborted, StaleTransaction.message(Bytes("id")))
            }
            return try Self.answer(method, request)
        }

        let committed = try await Self.contract(transport).submit("put", [], retry: Self.threeTimes)

        #expect(committed.attemptCount == 2)
    }

    @Test("endorsers between which a block came are asked again, others that differ are not")
    func retriesReadMismatch() async throws {
        let mspID = try MSPID(validating: "Org2MSP")
        func attempts(isOfReads: Bool) async throws -> Int {
            let message = EndorsementMismatch.message(("A", "B"), difference: "key \"k\"", isOfReads: isOfReads)
            let transport = ScriptedTransport { _, _ in
                throw CallFailure(
                    .aborted, "failed to collect enough transaction endorsements",
                    details: [ErrorDetail(address: "peer0:7051", mspID: mspID, message: message)])
            }
            await #expect(throws: ClientError.self) {
                try await Self.contract(transport).submit("put", [], retry: Self.threeTimes)
            }
            return transport.calls.count
        }

        #expect(try await attempts(isOfReads: true) == 3)
        #expect(try await attempts(isOfReads: false) == 1)
    }

    @Test("after the last attempt the conflict is told")
    func givesUp() async throws {
        let transport = ScriptedTransport { method, request in
            guard method == .commitStatus else { return try Self.answer(method, request) }
            return [CommitStatusResponse(.mvccReadConflict, blockNumber: 9).encoded()]
        }

        let error = try await #require(throws: ClientError.self) {
            try await Self.contract(transport).submit("put", [], retry: Self.threeTimes)
        }

        #expect(error.phase == .commit)
        #expect(error.validationCode == .mvccReadConflict)
        #expect(error.isConflict)
        #expect(transport.calls.count { $0.method == .submit } == 3)
    }

    @Test("other failures are not tried again")
    func doesNotRetryOthers() async throws {
        for failure in [
            CallFailure(.aborted, "failed to endorse transaction, see attached details for more info"),
            CallFailure(.unavailable, "no endorsers"),
        ] {
            let transport = ScriptedTransport { _, _ in throw failure }
            let error = try await #require(throws: ClientError.self) {
                try await Self.contract(transport).submit("put", [], retry: Self.threeTimes)
            }
            #expect(error.phase == .endorse)
            #expect(!error.isConflict)
            #expect(transport.calls.count == 1)
        }
    }

    @Test("an error holds each peer's words, and says them")
    func errorDescription() async throws {
        let mspID = try MSPID(validating: "Org1MSP")
        let transport = ScriptedTransport { _, _ in
            throw CallFailure(
                .aborted, "failed to endorse transaction",
                details: [ErrorDetail(address: "peer0:7051", mspID: mspID, message: "chaincode response 500, no")])
        }

        let error = try await #require(throws: ClientError.self) {
            try await Self.contract(transport).submit("put", "k", "v")
        }

        let id = try #require(error.transactionID)
        #expect(
            "\(error)" == "Transaction \(id): endorse failed, aborted: failed to endorse transaction\n"
                + "- peer0:7051 (Org1MSP): chaincode response 500, no")
    }

    @Test("each step can be signed elsewhere and taken up again from bytes")
    func offlineSigning() async throws {
        let transport = ScriptedTransport { try Self.answer($0, $1) }
        let signer = try GoldenSigner.user("User1@alder.example")
        let certificate = try SerializedIdentity(decoding: signer.identity).idBytes
        let identity = try ClientIdentity(mspID: signer.mspID, certificate: certificate, signer: nil)
        let channel = try NetworkClient(transport: transport, identity: identity).channel("trade")

        let proposal = channel.proposal(to: "goods", [Bytes("put"), Bytes("k"), Bytes("v")])
        #expect(!proposal.isSigned)
        let stored = try ClientProposal(decoding: proposal.encoded)
        #expect(stored == proposal)
        let signedProposal = stored.signed(try signer.sign(stored.messageToSign))
        #expect(signedProposal.isSigned)

        let transaction = try await channel.endorse(signedProposal)
        #expect(transaction.transactionID == proposal.transactionID)
        let storedTransaction = try ClientTransaction(decoding: transaction.encoded)
        #expect(storedTransaction == transaction)
        try await channel.submit(storedTransaction.signed(signer.sign(storedTransaction.messageToSign)))

        let query = channel.commitQuery(transaction.transactionID)
        let status = try await channel.commitStatus(query.signed(signer.sign(query.messageToSign)))
        #expect(status.isValid)
        let error = await #expect(throws: ClientError.self) {
            try await channel.commitStatus(of: transaction.transactionID)
        }
        #expect(error?.phase == .prepare)
    }

    @Test("a transaction for something else than was asked for is not signed")
    func otherTransaction() async throws {
        let other = try Self.contract(ScriptedTransport { try Self.answer($0, $1) })
            .channel.proposal(to: "goods", [Bytes("f")])
        let prepared = try Self.answer(.endorse, other.request.encoded())
        let transport = ScriptedTransport { method, _ in method == .endorse ? prepared : [Bytes()] }
        let client = NetworkClient(
            transport: transport, identity: try Self.identity(),
            environment: .scripted(nonces: [Bytes("another nonce")]))

        let error = await #expect(throws: ClientError.self) {
            try await client.channel("trade").contract("goods").submit("put")
        }

        #expect(error?.phase == .endorse)
        #expect(transport.calls.map(\.method) == [.endorse])
    }
}
