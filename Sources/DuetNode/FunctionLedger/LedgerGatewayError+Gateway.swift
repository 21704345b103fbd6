internal import FabricTypes
internal import PeerService
internal import TriggerService

extension LedgerGatewayError {
    /// What a gateway's error means to a function that may try again.
    ///
    /// A gateway says `aborted` for almost everything that peers do not endorse; their own words tell why.
    init(_ error: GatewayError) {
        let details = error.details.map {
            Detail(
                address: $0.address.lossyText, organization: $0.mspID.lossyText, message: $0.message.lossyText)
        }
        self.init(Self.code(error, details.map(\.message)), error.message, details: details)
    }

    private static func code(_ error: GatewayError, _ details: [String]) -> Code {
        if StaleTransaction.isMeant(by: error.message) { return .stale }
        if details.contains(where: EndorsementMismatch.isOfReads) { return .stale }
        // A contract's own refusal, or an access rule's, whatever else went wrong.
        let words = details + [error.message]
        if words.contains(where: { $0.contains("chaincode response ") || $0.contains("access denied") }) {
            return .refused
        }
        // The node's own ledger and peer say so: nobody's return changes it.
        if words.contains(where: { $0.contains("No metadata was found for chaincode ") })
            || error.message.hasPrefix("no peers available to evaluate chaincode ")
        {
            return .notFound
        }
        if error.message.hasPrefix("no endorsers found in the gateway's organization") { return .refused }
        switch error.code {
        case .canceled, .internalError, .unavailable: return .unavailable
        case .deadlineExceeded: return .timedOut
        case .resourceExhausted: return .overloaded
        case .notFound: return .notFound
        // Peers that were not reached, lag behind or do not know the contract yet may endorse later.
        case .aborted: return details.isEmpty ? .refused : .unavailable
        case .failedPrecondition: return .unavailable
        case .unknown, .invalidArgument, .permissionDenied: return .refused
        }
    }
}
