internal import FabricTypes
internal import Foundation
internal import GoldenLedger
internal import LedgerStorage
internal import Logging
internal import Membership
internal import OrdererService
internal import OrderingCore

/// Taking envelopes in and ordering them: the recorded channel's rules, signatures checked anew each time.
enum OrdererBenchmarks {
    static let cases = [
        Benchmark(name: "Orderer/admit an envelope, signature and all", unit: "envelopes") {
            let world = try World(logs: InMemoryBlockLogs())
            // Too few entries to remember anything: every signature is checked.
            let rules = IntakeRules(try world.configuration(remembering: 2))
            let now = Timestamp(seconds: 1_795_219_500)
            return (
                world.envelopes.count,
                { for envelope in world.envelopes { try rules.admit(ReceivedEnvelope(decoding: envelope), now: now) } }
            )
        },
        Benchmark(name: "Orderer/cut batches of 500", unit: "envelopes") {
            let size = BatchSize(maxMessageCount: 500, absoluteMaxBytes: 10 << 20, preferredMaxBytes: 2 << 20)
            return (
                10_000,
                {
                    var cutter = BlockCutter<Int>()
                    for index in 0..<10_000 { keep(cutter.append(index, byteCount: 3_000, size: size)) }
                }
            )
        },
        ordering(count: 1, name: "Orderer/a lone envelope, sent to durable"),
        ordering(count: 64, name: "Orderer/64 at once, sent to durable"),
        ordering(count: 1_000, name: "Orderer/1,000 at once, sent to durable"),
    ]

    private static func ordering(count: Int, name: String) -> Benchmark {
        Benchmark(name: name, unit: "envelopes") {
            let world = try World(logs: OrderedBlockFolders(path: BenchmarkFolder.make()))
            return (count, { try waiting { await world.order(count) } })
        }
    }

    private final class World: Sendable {
        let orderer: Orderer
        let envelopes: [Bytes]
        private let genesis: Block
        private let running: Task<Void, Never>

        init(logs: any OrderedBlockLogs) throws {
            genesis = try Block(decoding: GoldenFiles.trade.blocks()[0])
            _ = try logs.create(try ChannelID(validating: "trade"), genesis: genesis.encoded())
            let folder = "crypto/ordererOrganizations/harbor.example/orderers/orderer0.harbor.example/msp"
            let identity = try SigningIdentity(
                mspID: MSPID(validating: "HarborMSP"),
                certificate: Certificate(
                    pemText: GoldenFiles.trade.bytes("\(folder)/signcerts/orderer0.harbor.example-cert.pem")),
                key: PrivateKey(pemText: GoldenFiles.trade.bytes("\(folder)/keystore/priv_sk")))
            let orderer = try Orderer(
                logs: logs, identity: identity, signatures: SignatureTable(entryCountMax: 2),
                logger: Logger(label: "benchmark") { _ in SwiftLogNoOpLogHandler() })
            self.orderer = orderer
            envelopes = try (0..<1_000).map { index in
                var transaction = GoldenTransaction(
                    creator: try .user("User1@alder.example"), endorsers: [],
                    writing: .writing([("key", String(repeating: "x", count: 1_500))]))
                transaction.nonce = Bytes("benchmark \(index)")
                return try transaction.envelope()
            }
            // Ends with the process; nothing waits for it.
            running = Task { await orderer.run() }
        }

        func configuration(remembering entryCountMax: Int) throws -> ChannelConfiguration {
            try ChannelConfiguration(trusting: genesis, signatures: SignatureTable(entryCountMax: entryCountMax))
        }

        func order(_ count: Int) async {
            await withTaskGroup(of: Void.self) { group in
                for envelope in envelopes.prefix(count) {
                    group.addTask { [orderer] in
                        let response = await orderer.broadcast(envelope)
                        precondition(response == .success, "the orderer takes \(response)")
                    }
                }
            }
        }
    }
}
