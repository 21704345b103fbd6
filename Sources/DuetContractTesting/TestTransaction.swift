internal import ContractService
public import DuetContract
internal import LedgerCore
internal import Membership

/// What a call of a contract answered and would do.
public struct TestTransaction: Sendable {
    public let transactionID: String
    public let status: Int32
    public let message: String
    public let payload: Bytes
    /// Set where the contract announced one and did not fail.
    public let event: Event?
    /// The encoded `TxReadWriteSet` that endorsers would sign.
    public let readWriteSet: Bytes

    public struct Event: Hashable, Sendable {
        public let name: String
        public let payload: Bytes
    }

    /// A key that was written; without value it was deleted.
    public struct Write: Hashable, Sendable {
        public let contract: String
        public let key: Bytes
        public let value: Bytes?
    }

    /// The public keys that were read one by one, in bytewise order.
    public let readKeys: [Bytes]
    /// Public writes, in bytewise order of their keys.
    public let writes: [Write]

    /// The functions that answered, in the order in which they were called.
    public let functionCalls: [FunctionCall]

    /// A contract's call of a function that had an answer.
    public struct FunctionCall: Hashable, Sendable {
        /// `service/function`
        public let function: String
        public let payload: Bytes
        public let answer: Bytes
    }

    /// Whether a peer would endorse it.
    public var isEndorsed: Bool { status < 400 }
    public var text: String { payload.lossyText }

    let set: ReadWriteSet
    let privateSet: TxPvtReadWriteSet?
    let envelope: Bytes

    init(
        _ proposal: TestProposal, _ outcome: ContractOutcome, _ result: SimulationResult, _ calls: [FunctionCall]
    ) {
        switch outcome {
        case .completed(let response, let event):
            status = response.status
            message = response.message.lossyText
            payload = response.payload
            self.event =
                response.status < 400
                ? event.map { Event(name: $0.eventName.lossyText, payload: $0.payload) } : nil
        case .failed(let reason):
            status = 500
            message = reason
            payload = Bytes()
            event = nil
        }
        transactionID = proposal.transaction.id.lossyText
        readWriteSet = result.results
        set = result.readWriteSet
        privateSet = result.privateSet
        envelope = proposal.envelope(result.results)
        functionCalls = calls
        readKeys = set.namespaces.flatMap { $0.publicSet.reads.map(\.key) }
        writes = set.namespaces.flatMap { namespace in
            namespace.publicSet.writes.map {
                Write(
                    contract: namespace.namespace.lossyText, key: $0.key, value: $0.deletes ? nil : $0.value)
            }
        }
    }
}

/// A signed proposal, and the envelope that would be made of its endorsement.
struct TestProposal {
    let transaction: ProposedTransaction
    private let header: Header
    private let payload: ChaincodeProposalPayload

    /// - Parameter number: makes the transaction's id and time its own.
    init(
        contract: String, arguments: [Bytes], caller: TestCaller, transient: [String: Bytes], number: Int
    ) throws {
        let signatureHeader = SignatureHeader(creator: caller.creator, nonce: Bytes("proposal \(number)"))
        let id = Bytes(signatureHeader.transactionID.rawValue)
        let timestamp = Timestamp(seconds: TestOrganization.instant + Int64(number))
        let channelHeader = ChannelHeader(
            type: .endorserTransaction, timestamp: timestamp, channelID: Bytes(TestLedger.channelID), transactionID: id,
            extension: ChaincodeHeaderExtension(chaincodeID: ChaincodeID(name: Bytes(contract))).encoded())
        header = Header(channelHeader: channelHeader.encoded(), signatureHeader: signatureHeader.encoded())
        let spec = ChaincodeSpec(
            chaincodeID: ChaincodeID(name: Bytes(contract)), input: ChaincodeInput(arguments: arguments))
        let transientMap = Dictionary(uniqueKeysWithValues: transient.map { (Bytes($0.key), $0.value) })
        payload = ChaincodeProposalPayload(
            input: ChaincodeInvocationSpec(chaincodeSpec: spec).encoded(), transientMap: transientMap)
        let bytes = Proposal(header: header.encoded(), payload: payload.encoded()).encoded()
        transaction = ProposedTransaction(
            channelID: channelHeader.channelID, id: id, chaincode: Bytes(contract), creator: caller.creator,
            nonce: signatureHeader.nonce, timestamp: timestamp, transientMap: transientMap,
            signedProposal: SignedProposal(proposalBytes: bytes, signature: try caller.identity.sign([bytes])))
    }

    /// What would go to the orderer, without endorsements and signature.
    func envelope(_ results: Bytes) -> Bytes {
        let action = ChaincodeAction(
            results: results, response: Response(status: 200), chaincodeID: ChaincodeID(name: transaction.chaincode))
        let response = ProposalResponsePayload(
            proposalHash: header.proposalHash(of: payload).bytes, extension: action.encoded())
        let actionPayload = ChaincodeActionPayload(
            chaincodeProposalPayload: payload.withoutTransient.encoded(),
            action: ChaincodeEndorsedAction(proposalResponsePayload: response.encoded(), endorsements: []))
        let content = Transaction(
            actions: [TransactionAction(header: header.signatureHeader, payload: actionPayload.encoded())])
        return Envelope(
            payload: Payload(header: header, data: content.encoded()).encoded(), signature: Bytes()
        ).encoded()
    }

    /// The id in an envelope made by ``envelope(_:)``.
    static func transactionID(in envelope: Bytes) -> Bytes {
        guard let envelope = try? Envelope(decoding: envelope), let payload = try? Payload(decoding: envelope.payload),
            let header = payload.header, let channelHeader = try? ChannelHeader(decoding: header.channelHeader)
        else { preconditionFailure("the envelope was made here") }
        return channelHeader.transactionID
    }
}

/// Runs contracts that call each other on the test channel.
struct TestRouter: ContractRouter {
    let contracts: LinkedContracts
    let functionCalls: TestFunctionCalls

    func call(_ call: ContractCall, from caller: ContractContext) throws -> ContractOutcome {
        if call.chaincode == FunctionRequest.chaincode {
            let response = try caller.callFunction(call) { request throws(FunctionCallError) in
                try functionCalls.answer(request)
            }
            return .completed(response, event: nil)
        }
        guard call.channelID == caller.channelID else {
            throw ContractError("Failed to get policy manager for channel [\(call.channelID.lossyText)]")
        }
        guard contracts.isInstalled(chaincode: call.chaincode, packageID: Bytes()) else {
            let name = call.chaincode.lossyText
            throw ContractError(
                "execute failed: invalid invocation: [channel \(call.channelID.lossyText)] failed to get chaincode "
                    + "container info for \(name): chaincode \(name) not found")
        }
        guard let context = caller.callee(call.chaincode, simulation: caller.simulation) else {
            throw ContractError(
                "execute failed: error sending: txid: \(caller.transaction.id.lossyText)"
                    + "(\(call.channelID.lossyText)) exists")
        }
        return try contracts.execute(
            ContractInvocation(
                chaincode: call.chaincode, version: Bytes("1"), kind: .transaction, arguments: call.arguments,
                transaction: caller.transaction), context: context)
    }
}
