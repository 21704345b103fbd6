internal import FabricTypes

/// Keeps transactions out of blocks that stock peers could read and ours could not.
///
/// Readers of messages bound how deep these lie within each other: ours at ``FabricTypes/WireReader/depthMax``, Go's at
/// 10,000. Nothing that clients make comes near either, but what lies between would be judged differently by the two. Anything
/// else that is wrong with a transaction is for peers to judge.
enum NestingRule {
    /// - Parameter data: of an envelope's payload, an encoded `protos.Transaction`.
    static func isTooDeep(_ data: Bytes) -> Bool {
        do throws(WireError) {
            for action in try Transaction(decoding: data).actions {
                _ = try SignatureHeader(decoding: action.header)
                let payload = try ChaincodeActionPayload(decoding: action.payload)
                _ = try ChaincodeProposalPayload(decoding: payload.chaincodeProposalPayload)
                guard let endorsed = payload.action else { continue }
                for endorsement in endorsed.endorsements {
                    _ = try SerializedIdentity(decoding: endorsement.endorser)
                }
                let response = try ProposalResponsePayload(decoding: endorsed.proposalResponsePayload)
                let result = try ChaincodeAction(decoding: response.extension)
                _ = try ChaincodeEvent(decoding: result.events)
                try check(TxReadWriteSet(decoding: result.results))
            }
            return false
        } catch {
            return error.code == .nestedTooDeeply
        }
    }

    private static func check(_ sets: TxReadWriteSet) throws(WireError) {
        for namespace in sets.namespaces {
            _ = try KVRWSet(decoding: namespace.readWriteSet)
            for collection in namespace.collections {
                _ = try HashedRWSet(decoding: collection.hashedReadWriteSet)
            }
        }
    }
}
