package import FabricTypes
package import Logging
package import Membership
package import OrderingCore
internal import ServiceLifecycle
internal import Synchronization

/// An orderer: its channels, and what clients, peers and operators ask of it.
///
/// Channels are opened when the orderer is made, so that what they hold can be read at once; they make blocks while
/// ``run()`` runs.
package final class Orderer: Service {
    enum Entry: Sendable {
        case open(OrdererChannel)
        /// A name is taken while its log is being made.
        case joining
        case removing
        /// Its log could not be removed; what is left of it is removed at the next start.
        case removalFailed
    }

    let logs: any OrderedBlockLogs
    let signer: BlockSigner
    let signatures: SignatureTable
    let options: OrdererOptions
    let logger: Logger
    package let figures = OrdererFigures()
    let entries: Mutex<[ChannelID: Entry]>
    /// Calls on `logs` as a whole.
    let storage = StorageQueue(label: "duet.orderer.channels")
    // Unbounded as a stream, yet never longer than the channels are many.
    private let (starts, startContinuation) = AsyncStream.makeStream(of: OrdererChannel.self)

    /// Opens all channels. Blocks the thread.
    ///
    /// - Parameters:
    ///   - identity: signs blocks and config transactions; an orderer of its organisation.
    ///   - signatures: remembers signatures that verified; may be shared by the whole process.
    /// - Throws: if a channel cannot be opened; the error names it.
    package init(
        logs: any OrderedBlockLogs, identity: SigningIdentity, signatures: SignatureTable,
        options: OrdererOptions = OrdererOptions(), logger: Logger
    ) throws {
        self.logs = logs
        self.signatures = signatures
        self.options = options
        self.logger = logger
        signer = BlockSigner(identity) { Self.nonce() }
        var opened: [ChannelID: Entry] = [:]
        for id in try logs.channels() {
            let channel = try OrdererChannel(
                log: logs.open(id), signer: signer, signatures: signatures, options: options, logger: logger)
            guard channel.id == id else {
                throw ChainFault(description: "The log of channel \"\(id)\" holds blocks of channel \"\(channel.id)\".")
            }
            opened[id] = .open(channel)
        }
        entries = Mutex(opened)
        for case .open(let channel) in opened.values { startContinuation.yield(channel) }
    }

    /// 24 random bytes, as every signature header has them.
    private static func nonce() -> Bytes {
        var generator = SystemRandomNumberGenerator()
        return Bytes((0..<24).map { _ in UInt8.random(in: 0...255, using: &generator) })
    }

    /// Makes blocks on all channels until the service is shut down; then what was taken in is written first.
    package func run() async {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                for await channel in self.starts {
                    group.addTask { await channel.run() }
                }
                group.cancelAll()
            }
        }
        // Those that were never started have nobody else to answer for them.
        for channel in channels { channel.end() }
    }

    /// Lets a channel make blocks.
    func start(_ channel: OrdererChannel) {
        startContinuation.yield(channel)
    }

    /// A channel that is open.
    package func channel(_ id: ChannelID) -> OrdererChannel? {
        entries.withLock { entries in
            if case .open(let channel) = entries[id] { channel } else { nil }
        }
    }

    /// The open channel of a name that anybody may have sent.
    func channel(named name: Bytes) -> OrdererChannel? {
        guard let id = try? ChannelID(validating: name.lossyText) else { return nil }
        return channel(id)
    }

    /// All open channels, by name.
    package var channels: [OrdererChannel] {
        entries.withLock { entries in
            entries.values.compactMap { entry in
                if case .open(let channel) = entry { channel } else { nil }
            }
        }.sorted { $0.id.rawValue.utf8.lexicographicallyPrecedes($1.id.rawValue.utf8) }
    }
}
