/// What validation said of a transaction in a block: one byte of the block's transactions filter.
///
/// Only ``valid`` transactions change the state. Codes unknown to us survive, so that ledgers of newer peers can be read.
/// Source: Fabric's `protos.TxValidationCode`.
public struct ValidationCode: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    public static let valid = ValidationCode(rawValue: 0)
    public static let nilEnvelope = ValidationCode(rawValue: 1)
    public static let badPayload = ValidationCode(rawValue: 2)
    public static let badCommonHeader = ValidationCode(rawValue: 3)
    public static let badCreatorSignature = ValidationCode(rawValue: 4)
    public static let invalidEndorserTransaction = ValidationCode(rawValue: 5)
    public static let invalidConfigTransaction = ValidationCode(rawValue: 6)
    public static let unsupportedTransactionPayload = ValidationCode(rawValue: 7)
    public static let badProposalTransactionID = ValidationCode(rawValue: 8)
    public static let duplicateTransactionID = ValidationCode(rawValue: 9)
    public static let endorsementPolicyFailure = ValidationCode(rawValue: 10)
    public static let mvccReadConflict = ValidationCode(rawValue: 11)
    public static let phantomReadConflict = ValidationCode(rawValue: 12)
    public static let unknownTransactionType = ValidationCode(rawValue: 13)
    public static let targetChainNotFound = ValidationCode(rawValue: 14)
    public static let marshalTransactionError = ValidationCode(rawValue: 15)
    public static let nilTransactionAction = ValidationCode(rawValue: 16)
    public static let expiredChaincode = ValidationCode(rawValue: 17)
    public static let chaincodeVersionConflict = ValidationCode(rawValue: 18)
    public static let badHeaderExtension = ValidationCode(rawValue: 19)
    public static let badChannelHeader = ValidationCode(rawValue: 20)
    public static let badResponsePayload = ValidationCode(rawValue: 21)
    public static let badReadWriteSet = ValidationCode(rawValue: 22)
    public static let illegalWriteSet = ValidationCode(rawValue: 23)
    public static let invalidWriteSet = ValidationCode(rawValue: 24)
    public static let invalidChaincode = ValidationCode(rawValue: 25)
    public static let notValidated = ValidationCode(rawValue: 254)
    public static let invalidOtherReason = ValidationCode(rawValue: 255)

    public var isValid: Bool { self == .valid }

    /// The name in Fabric's protocol: `MVCC_READ_CONFLICT`.
    public var name: String {
        Self.names[self] ?? "CODE_\(rawValue)"
    }

    private static let names: [ValidationCode: String] = [
        .valid: "VALID",
        .nilEnvelope: "NIL_ENVELOPE",
        .badPayload: "BAD_PAYLOAD",
        .badCommonHeader: "BAD_COMMON_HEADER",
        .badCreatorSignature: "BAD_CREATOR_SIGNATURE",
        .invalidEndorserTransaction: "INVALID_ENDORSER_TRANSACTION",
        .invalidConfigTransaction: "INVALID_CONFIG_TRANSACTION",
        .unsupportedTransactionPayload: "UNSUPPORTED_TX_PAYLOAD",
        .badProposalTransactionID: "BAD_PROPOSAL_TXID",
        .duplicateTransactionID: "DUPLICATE_TXID",
        .endorsementPolicyFailure: "ENDORSEMENT_POLICY_FAILURE",
        .mvccReadConflict: "MVCC_READ_CONFLICT",
        .phantomReadConflict: "PHANTOM_READ_CONFLICT",
        .unknownTransactionType: "UNKNOWN_TX_TYPE",
        .targetChainNotFound: "TARGET_CHAIN_NOT_FOUND",
        .marshalTransactionError: "MARSHAL_TX_ERROR",
        .nilTransactionAction: "NIL_TXACTION",
        .expiredChaincode: "EXPIRED_CHAINCODE",
        .chaincodeVersionConflict: "CHAINCODE_VERSION_CONFLICT",
        .badHeaderExtension: "BAD_HEADER_EXTENSION",
        .badChannelHeader: "BAD_CHANNEL_HEADER",
        .badResponsePayload: "BAD_RESPONSE_PAYLOAD",
        .badReadWriteSet: "BAD_RWSET",
        .illegalWriteSet: "ILLEGAL_WRITESET",
        .invalidWriteSet: "INVALID_WRITESET",
        .invalidChaincode: "INVALID_CHAINCODE",
        .notValidated: "NOT_VALIDATED",
        .invalidOtherReason: "INVALID_OTHER_REASON",
    ]
}

extension ValidationCode: CustomStringConvertible {
    public var description: String { "\(rawValue) \(name)" }
}
