internal import FabricTypes
internal import GoldenLedger

/// What a peer reads of every transaction before it can judge it: all messages, down to keys and values.
enum TransactionBenchmarks {
    static let cases =
        [1, 100, 1_000].map { count in
            Benchmark(name: "Transaction/decode a block of \(count)", unit: "transactions") {
                let block = try encodedBlock(transactionCount: count)
                return (
                    count,
                    {
                        for envelope in try Block(decoding: block).data.entries { keep(try decodeAll(envelope)) }
                    }
                )
            }
        } + [
            Benchmark(name: "Transaction/check the form of 1000 envelopes", unit: "transactions") {
                let envelopes = try Block(decoding: encodedBlock(transactionCount: 1_000)).data.entries
                return (envelopes.count, { for envelope in envelopes { try Envelope.checkCanonical(envelope) } })
            }
        ]

    /// A block of recorded transactions, over and over.
    private static func encodedBlock(transactionCount: Int) throws -> Bytes {
        let recorded = try GoldenFiles.trade.blocks().map { try Block(decoding: $0) }.filter { !$0.isConfigBlock }
            .flatMap(\.data.entries)
            // Some were damaged on purpose, and a few are far larger than transactions usually are.
            .filter { $0.count < 8_192 && (try? decodeAll($0)) != nil }
        let envelopes = (0..<transactionCount).map { recorded[$0 % recorded.count] }
        return Block(following: BlockHeader(), envelopes: envelopes).encoded()
    }

    /// - Returns: the number of keys read and written, so that nothing is left out as unused.
    private static func decodeAll(_ bytes: Bytes) throws -> Int {
        let envelope = try Envelope(decoding: bytes)
        let payload = try Payload(decoding: envelope.payload)
        guard let header = payload.header else { return 0 }
        let channelHeader = try ChannelHeader(decoding: header.channelHeader)
        keep(try ChaincodeHeaderExtension(decoding: channelHeader.extension))
        keep(try SignatureHeader(decoding: header.signatureHeader))

        var keyCount = 0
        for action in try Transaction(decoding: payload.data).actions {
            keep(try SignatureHeader(decoding: action.header))
            let actionPayload = try ChaincodeActionPayload(decoding: action.payload)
            keep(try ChaincodeProposalPayload(decoding: actionPayload.chaincodeProposalPayload))
            guard let endorsed = actionPayload.action else { continue }
            for endorsement in endorsed.endorsements { keep(try SerializedIdentity(decoding: endorsement.endorser)) }
            let response = try ProposalResponsePayload(decoding: endorsed.proposalResponsePayload)
            keyCount += try countKeys(ChaincodeAction(decoding: response.extension).results)
        }
        return keyCount
    }

    private static func countKeys(_ results: Bytes) throws -> Int {
        try TxReadWriteSet(decoding: results).namespaces.reduce(0) { count, namespace in
            let set = try KVRWSet(decoding: namespace.readWriteSet)
            let hashedCount = try namespace.collections.reduce(0) { count, collection in
                let hashedSet = try HashedRWSet(decoding: collection.hashedReadWriteSet)
                return count + hashedSet.reads.count + hashedSet.writes.count
            }
            return count + set.reads.count + set.writes.count + hashedCount
        }
    }
}
