internal import FabricTypes

/// Orders the peers that a gateway may ask.
struct PeerRanking: Sendable {
    /// The gateway's own organisation.
    let mspID: MSPID
    /// The gateway's own peer.
    let endpoint: String

    /// Every peer has these; the last one only ours.
    static let systemChaincodes: Set<Bytes> = [
        Bytes("_lifecycle"), Bytes("cscc"), Bytes("lscc"), Bytes("qscc"),
        FunctionRequest.chaincode,
    ]

    static func runs(_ chaincode: Bytes, _ peer: ChannelPeer) -> Bool {
        peer.chaincodes.contains(chaincode) || systemChaincodes.contains(chaincode)
    }

    /// The own organisation's first; in each part by height, where it is equal the own peer first, and else in random order
    /// so that the work spreads.
    func ranked(_ peers: [ChannelPeer]) -> [ChannelPeer] {
        // Sorting is stable, so what is equal keeps its random order.
        peers.shuffled().sorted { first, second in
            let (isFirstOwn, isSecondOwn) = (first.peer.mspID == mspID, second.peer.mspID == mspID)
            if isFirstOwn != isSecondOwn { return isFirstOwn }
            if first.ledgerHeight != second.ledgerHeight { return first.ledgerHeight > second.ledgerHeight }
            return first.peer.endpoint == endpoint && second.peer.endpoint != endpoint
        }
    }
}
