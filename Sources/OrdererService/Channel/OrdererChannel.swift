package import FabricTypes
internal import LedgerCore
package import Logging
package import Membership
package import OrderingCore
internal import Synchronization

/// One channel on one orderer: takes envelopes in, orders them into blocks, keeps the blocks, gives them out.
///
/// Durability: an envelope is answered with success once its block is synced, and only then can the block be read.
/// Concurrency: any number of callers; one writer task, ``run()``, makes the blocks. Channels share nothing but the table of
/// signatures, so none holds another up. After a failed write the channel is halted: it answers `SERVICE_UNAVAILABLE`, goes
/// on serving what it has, and comes back when the process is started again.
package final class OrdererChannel: Sendable {
    package let id: ChannelID
    let log: any OrderedBlockLog
    let signer: BlockSigner
    let options: OrdererOptions
    let logger: Logger
    let intake: IntakeQueue
    let gate: CommitGate
    let feed: HeightFeed
    let recent = RecentBlocks()
    /// The one thread that appends.
    let writing: StorageQueue
    /// The one thread that reads blocks which are not in memory any more.
    let reading: StorageQueue
    /// The chain's end as the writer knows it.
    let assembler: Mutex<BlockAssembler>
    /// Whether the disk had too little space when it was last looked at.
    let shortage: Atomic<Bool>
    /// Whether the log is gone: nothing may be appended any more.
    let isRemoved = Atomic(false)
    private let currentConfiguration: Mutex<ChannelConfiguration>

    /// Opens a channel over its log.
    ///
    /// - Parameter signatures: remembers signatures that verified.
    /// - Throws: if the log cannot be read, or its last config block breaks a rule. Blocks the thread.
    package init(
        log: any OrderedBlockLog, signer: BlockSigner, signatures: SignatureTable, options: OrdererOptions,
        logger: Logger
    ) throws {
        let height = log.height
        guard height > 0 else { throw ChainFault(description: "The log of a channel has no block.") }
        let last = try Block(decoding: log.block(height - 1))
        let assembler = try BlockAssembler(following: last)
        guard assembler.lastConfigIndex < height else {
            throw ChainFault(
                description:
                    "Block \(last.number) names block \(assembler.lastConfigIndex) as the last configuration, which does not exist."
            )
        }
        let configBlock = try Block(decoding: log.block(assembler.lastConfigIndex))
        let configuration = try ChannelConfiguration(trusting: configBlock, signatures: signatures)
        id = configuration.channelID
        self.log = log
        self.signer = signer
        self.options = options
        var logger = logger
        logger[metadataKey: "channel.id"] = "\(configuration.channelID)"
        self.logger = logger
        let intake = IntakeQueue(countMax: options.queuedEnvelopeCountMax, byteCountMax: options.queuedByteCountMax)
        self.intake = intake
        gate = CommitGate { intake.nudge() }
        feed = HeightFeed(height: height)
        writing = StorageQueue(label: "duet.orderer.\(configuration.channelID).write")
        reading = StorageQueue(label: "duet.orderer.\(configuration.channelID).read")
        self.assembler = Mutex(assembler)
        shortage = Atomic(!log.hasRoom)
        currentConfiguration = Mutex(configuration)
    }

    /// The configuration in force for what comes in now.
    package internal(set) var configuration: ChannelConfiguration {
        get { currentConfiguration.withLock { $0 } }
        set { currentConfiguration.withLock { $0 = newValue } }
    }

    /// The number of the last block plus one.
    package var height: BlockNumber { feed.height }

    /// The number of the block that holds the configuration in force.
    package var lastConfigIndex: BlockNumber { assembler.withLock(\.lastConfigIndex) }

    /// Lets a peer of the same process report its commits, which this channel then waits for before it cuts small blocks.
    ///
    /// - Parameter height: how far the peer has come already.
    package func makeCommitReporter(height: BlockNumber) -> CommitReporter {
        CommitReporter(gate, height: height)
    }

    /// Takes nothing in any more. What has been taken in is still written, if ``run()`` runs.
    func close() {
        intake.close()
    }

    /// Refuses what nobody will write any more.
    func end() {
        close()
        for submission in intake.takeAll() { submission.answer(unavailable.response) }
    }

    /// Ends the channel after a failure that must not be written over.
    func halt(_ error: any Error) {
        logger.error(
            "Channel halted: a block could not be stored. Check the disk, then start the node again.",
            metadata: ["error": "\(error)"])
        feed.halt(ChainHalted("Channel \"\(id)\" is halted since a block could not be stored."))
        intake.close()
    }
}
