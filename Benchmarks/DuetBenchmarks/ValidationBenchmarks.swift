internal import FabricTypes
internal import GoldenLedger
internal import LedgerCore
internal import Membership

/// Validating blocks of the recorded channel, beside the bare cost of the cryptography in them: the creator's and two
/// endorsers' signatures of each transaction.
enum ValidationBenchmarks {
    static let cases = [1, 100, 1000].flatMap { [validating($0), checking($0)] }

    /// The channel after its last block, and signatures enough for a block.
    private struct World {
        let configuration: ChannelConfiguration
        let state: InMemorySnapshot
        let block: Block

        init(transactionCount: Int) throws {
            let blocks = try GoldenFiles.trade.blocks().map { try Block(decoding: $0) }
            // A table that keeps next to nothing: every signature is checked in every run.
            let signatures = SignatureTable(entryCountMax: 2)
            var audit = LedgerAudit(signatures: SignatureTable())
            for block in blocks { keep(try audit.append(block)) }
            state = audit.snapshot
            let last = blocks[blocks.count - 1]
            configuration = try ChannelConfiguration(
                trusting: blocks[Int(last.lastConfigIndex())], signatures: signatures)
            let creator = try GoldenSigner.user("User1@alder.example")
            let endorsers: [GoldenSigner] = [
                try .peer("peer0.alder.example"), try .peer("peer0.birch.example"),
            ]
            let envelopes = try (0..<transactionCount).map { index in
                var transaction = GoldenTransaction(
                    creator: creator, endorsers: endorsers, writing: .writing([("bench-\(index)", "value")]))
                transaction.nonce = Bytes("nonce of transaction \(index)")
                return try transaction.envelope()
            }
            block = Block(following: last.header, envelopes: envelopes)
        }
    }

    private static func validating(_ transactionCount: Int) -> Benchmark {
        Benchmark(name: "Validation/validate a block of \(transactionCount)", unit: "transactions") {
            let world = try World(transactionCount: transactionCount)
            let validator = BlockValidator(configuration: world.configuration, definitions: DefinitionCache())
            let bytes = world.block.encoded()
            return (
                transactionCount,
                {
                    let block = PreparedBlock(try Block(decoding: bytes))
                    let evaluation = try validator.evaluate(block, reader: world.state) { _ in false }
                    precondition(evaluation.codes.allSatisfy(\.isValid), "the block is as it should be")
                }
            )
        }
    }

    private static func checking(_ transactionCount: Int) -> Benchmark {
        Benchmark(name: "Validation/its signatures alone, \(transactionCount)", unit: "transactions") {
            let world = try World(transactionCount: transactionCount)
            let resolver = world.configuration.resolver
            var checks: [(signature: Bytes, message: [Bytes], identity: Identity)] = []
            for transaction in PreparedBlock(world.block).transactions {
                guard let action = transaction.action, let creator = transaction.signatureHeader?.creator else {
                    continue
                }
                let envelope = transaction.envelope
                checks.append((envelope.signature, [envelope.payload], try resolver.identity(creator)))
                for endorsement in action.endorsements {
                    checks.append(
                        (
                            endorsement.signature, [action.proposalResponsePayload, endorsement.endorser],
                            try resolver.identity(endorsement.endorser)
                        ))
                }
            }
            precondition(checks.count == 3 * transactionCount, "every transaction has three signatures")
            return (
                transactionCount,
                {
                    for check in checks {
                        precondition(
                            resolver.isSignature(check.signature, of: check.message, by: check.identity),
                            "every signature is good")
                    }
                }
            )
        }
    }
}
