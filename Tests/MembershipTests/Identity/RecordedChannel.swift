import FabricTypes
import GoldenLedger
import Membership

/// The recorded channel `trade`: its transactions, each with the MSPs that were in force when its block was judged.
struct RecordedChannel {
    struct RecordedTransaction {
        let block: Int
        let label: String
        let code: Int64
        let type: HeaderType
        let envelope: Envelope
        let msps: ChannelMSPs

        var payload: Payload { get throws { try Payload(decoding: envelope.payload) } }

        var creator: Bytes {
            get throws { try SignatureHeader(decoding: payload.header?.signatureHeader ?? Bytes()).creator }
        }

        /// The endorsements with what each endorser signed.
        var endorsements: [(endorsement: Endorsement, message: [Bytes])] {
            get throws {
                try Transaction(decoding: payload.data).actions.flatMap { action in
                    let action = try ChaincodeActionPayload(decoding: action.payload).action
                    return (action?.endorsements ?? []).map {
                        ($0, [action?.proposalResponsePayload ?? Bytes(), $0.endorser])
                    }
                }
            }
        }
    }

    let transactions: [RecordedTransaction]

    /// Reads blocks in order; MSPs change with the config blocks.
    static let read = Result { try RecordedChannel() }

    private init() throws {
        let golden = GoldenFiles.trade
        let signatures = SignatureTable()
        var transactions: [RecordedTransaction] = []
        var msps = try ChannelMSPs([], version: .v143, signatures: signatures)
        for (expected, bytes) in zip(try golden.json("expected/blocks.json").array, try golden.blocks()) {
            let block = try Block(decoding: bytes)
            for (entry, facts) in zip(block.data.entries, try expected["transactions"].array) {
                let envelope = try Envelope(decoding: entry)
                let type = HeaderType(rawValue: Int32(try facts["type"].integer))
                transactions.append(
                    RecordedTransaction(
                        block: Int(block.number), label: facts["label"].isNull ? "" : try facts["label"].string,
                        code: try facts["code"].integer, type: type, envelope: envelope, msps: msps))
                if type == .config {
                    let config = try ConfigEnvelope(decoding: Payload(decoding: envelope.payload).data).config
                    msps = try ChannelMSPs(
                        try Self.mspConfigs(config?.channelGroup ?? ConfigGroup()), version: .v143,
                        signatures: signatures)
                }
            }
        }
        self.transactions = transactions
    }

    /// The MSP configurations of every organisation in a channel's tree.
    static func mspConfigs(_ channel: ConfigGroup) throws -> [MSPConfig] {
        try channel.groups.values.flatMap(\.groups.values).compactMap { organization in
            try organization.values[Bytes("MSP")].map { try MSPConfig(decoding: $0.value) }
        }
    }

    func transaction(_ label: String) throws -> RecordedTransaction {
        guard let found = transactions.first(where: { $0.label == label }) else {
            throw NoSuchTransaction(label: label)
        }
        return found
    }

    struct NoSuchTransaction: Error {
        let label: String
    }
}
