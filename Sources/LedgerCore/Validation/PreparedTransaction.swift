package import FabricTypes

/// One envelope of a block, decoded and judged by all rules that need neither the ledger nor the channel's configuration.
///
/// The rules have an order, and the first one broken gives the transaction its code. Those that need the ledger stand
/// between those that do not; ``Stage`` says where a refusal found here belongs. Source: Fabric's
/// `validation.ValidateTransaction` and `plugindispatcher.Dispatch`.
package struct PreparedTransaction: Sendable {
    /// Between which of the other rules a refusal counts.
    package enum Stage: Int, Comparable, Sendable {
        /// Before anything else.
        case header
        /// After the creator's signature.
        case content
        /// After the search for an earlier transaction of the same id.
        case action

        package static func < (left: Stage, right: Stage) -> Bool { left.rawValue < right.rawValue }
    }

    package private(set) var envelope = Envelope()
    /// Nil where the envelope cannot be read so far.
    package private(set) var channelHeader: ChannelHeader?
    package private(set) var signatureHeader: SignatureHeader?
    /// ``Payload/data``.
    package private(set) var data = Bytes()
    /// The id that this envelope uses up, whatever becomes of it: as its channel header has it, else computed; empty where
    /// no header can be read. Source: Fabric's `protoutil.GetOrComputeTxIDFromEnvelope`.
    package private(set) var transactionID = Bytes()
    /// What was endorsed; nil where there is no such thing or it cannot be read.
    package private(set) var action: EndorsedAction?

    package private(set) var refusal: TransactionRefusal?
    package private(set) var stage: Stage?

    /// - Parameter entry: an entry of ``BlockData/entries``.
    package init(_ entry: Bytes) {
        var stage = Stage.header
        do throws(TransactionRefusal) {
            let header = try readHeader(entry)
            stage = .content
            switch channelHeader?.type {
            case .endorserTransaction:
                let endorsed = try readTransaction(header)
                stage = .action
                action = try EndorsedAction(endorsed, headerExtension: channelHeader?.extension ?? Bytes())
            case .config:
                if data.isEmpty {
                    throw TransactionRefusal(.invalidConfigTransaction, "The payload has no configuration.")
                }
            default:
                throw TransactionRefusal(
                    .unsupportedTransactionPayload,
                    "A message of type \(channelHeader?.type.name ?? "") has no place in a block.")
            }
        } catch {
            refusal = error
            self.stage = stage
        }
    }

    /// The refusal, if it counts at `stage`.
    func refusal(at stage: Stage) -> TransactionRefusal? {
        self.stage == stage ? refusal : nil
    }

    // MARK: - Header

    private mutating func readHeader(_ entry: Bytes) throws(TransactionRefusal) -> Header {
        do throws(WireError) {
            envelope = try Envelope(decoding: entry)
        } catch {
            throw TransactionRefusal(.invalidOtherReason, "The entry is no envelope. \(error)")
        }
        let payload: Payload
        do throws(WireError) {
            payload = try Payload(decoding: envelope.payload)
        } catch {
            throw TransactionRefusal(.badPayload, error.description)
        }
        data = payload.data
        func refuse(_ reason: String) -> TransactionRefusal { TransactionRefusal(.badCommonHeader, reason) }
        guard let header = payload.header else { throw refuse("The payload has no header.") }
        let channelHeader: ChannelHeader
        do throws(WireError) {
            channelHeader = try ChannelHeader(decoding: header.channelHeader)
        } catch {
            throw refuse(error.description)
        }
        self.channelHeader = channelHeader
        transactionID = channelHeader.transactionID
        let signatureHeader: SignatureHeader
        do throws(WireError) {
            signatureHeader = try SignatureHeader(decoding: header.signatureHeader)
        } catch {
            throw refuse(error.description)
        }
        self.signatureHeader = signatureHeader
        if transactionID.isEmpty { transactionID = Bytes(signatureHeader.transactionID.rawValue) }
        switch channelHeader.type {
        case .endorserTransaction, .configUpdate, .config: break
        default: throw refuse("A message of type \(channelHeader.type) is no transaction.")
        }
        guard channelHeader.epoch == 0 else { throw refuse("The epoch is \(channelHeader.epoch), not 0.") }
        if let fault = Self.fault(in: signatureHeader) { throw refuse(fault) }
        return header
    }

    /// What a signature header lacks, as a sentence.
    private static func fault(in header: SignatureHeader) -> String? {
        if header.nonce.isEmpty { return "The signature header has no nonce." }
        if header.creator.isEmpty { return "The signature header has no creator." }
        return nil
    }

    // MARK: - Content

    /// Reads the transaction down to the endorsed payload and checks that it belongs to the headers.
    private func readTransaction(_ header: Header) throws(TransactionRefusal) -> ChaincodeEndorsedAction {
        guard channelHeader?.transactionID == signatureHeader.map({ Bytes($0.transactionID.rawValue) }) else {
            throw TransactionRefusal(
                .badProposalTransactionID, "The transaction id is not the hash of nonce and creator.")
        }
        do throws(WireError) {
            return try Self.endorsedAction(in: data, header: header)
        } catch {
            throw TransactionRefusal(.invalidEndorserTransaction, error.description)
        }
    }

    private static func endorsedAction(
        in data: Bytes, header: Header
    ) throws(WireError) -> ChaincodeEndorsedAction {
        func invalid(_ path: String...) -> WireError { WireError(.invalidValue, path: path, offset: 0) }

        let transaction = try Transaction(decoding: data)
        guard transaction.actions.count == 1 else { throw invalid(Transaction.messageName, "actions") }
        let action = transaction.actions[0]
        let actionHeader = try SignatureHeader(decoding: action.header)
        guard fault(in: actionHeader) == nil else { throw invalid(TransactionAction.messageName, "header") }
        let payload = try ChaincodeActionPayload(decoding: action.payload)
        guard let endorsed = payload.action else { throw invalid(ChaincodeActionPayload.messageName, "action") }
        let response = try ProposalResponsePayload(decoding: endorsed.proposalResponsePayload)
        // The hash is over the proposal payload as it stands here. Transient data left in it changes the hash.
        let proposalHash = Digest(of: header.channelHeader, action.header, payload.chaincodeProposalPayload)
        guard !payload.chaincodeProposalPayload.isEmpty, response.proposalHash == proposalHash.bytes else {
            throw invalid(ProposalResponsePayload.messageName, "proposal_hash")
        }
        return endorsed
    }
}
