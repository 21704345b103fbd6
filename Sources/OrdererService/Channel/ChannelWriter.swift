internal import FabricTypes
internal import LedgerCore
internal import Logging
internal import Membership
internal import OrderingCore
internal import Synchronization

/// Makes a channel's blocks: one task, from the channel's start to its end.
///
/// An envelope is cut at once unless a block is in flight: being written here, or not yet committed by the peers of this
/// process. Meanwhile envelopes gather, and the limits of the configuration bound how many and for how long.
struct ChannelWriter {
    /// What is ready to become one block.
    private struct Batch {
        let submissions: [Submission]
        let envelopes: [Bytes]
        /// The configuration that the block brings.
        let next: ConfigProposal?
    }

    private let channel: OrdererChannel
    private var cutter = BlockCutter<Submission>()
    private var isHalted = false

    init(_ channel: OrdererChannel) {
        self.channel = channel
    }

    /// Returns when the channel is closed and everything taken in is written, or when a block cannot be written.
    mutating func run() async {
        while !isHalted {
            await waitForWork()
            let isEnding = channel.intake.isClosed
            var ready: [Batch] = []
            for submission in channel.intake.takeAll() {
                if isHalted { refuse([submission]) } else { await take(submission, into: &ready) }
            }
            if isHalted { break }
            if !cutter.pending.isEmpty, isEnding || isIdle(after: ready.count) || isOverdue {
                ready.append(batch(cutter.cut()))
            }
            await write(&ready)
            if isEnding, cutter.pending.isEmpty { break }
        }
        refuse(cutter.cut() + channel.intake.takeAll())
    }

    // MARK: When to look

    private var batchSize: BatchSize { channel.configuration.orderer.batchSize }

    private func waitForWork() async {
        guard let remaining = remainingTime else { return await channel.intake.wait(for: .anything) }
        if remaining <= .zero || channel.intake.isClosed || isIdle(after: 0) { return }
        // Envelopes wait: nothing is to be done before the batch is full, its time is up, or the peers have caught up.
        let size = batchSize
        let threshold = IntakeQueue.Threshold(
            count: max(1, Int(size.maxMessageCount) - cutter.pending.count),
            byteCount: max(1, Int(size.preferredMaxBytes) - cutter.pendingByteCount))
        let (intake, sleep) = (channel.intake, channel.options.time.sleep)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await intake.wait(for: threshold) }
            // Cancelled when the other one is first.
            group.addTask { try? await sleep(remaining) }
            await group.next()
            group.cancelAll()
        }
    }

    /// Until the batch timeout of the pending batch; nil while there is none.
    private var remainingTime: Duration? {
        cutter.pending.first.map { first in
            first.arrival + channel.configuration.orderer.batchTimeout - channel.options.time.uptime()
        }
    }

    private var isOverdue: Bool { remainingTime.map { $0 <= .zero } ?? false }

    /// Whether nothing is in flight once that many more blocks are.
    private func isIdle(after blockCount: Int) -> Bool {
        blockCount == 0 && channel.gate.isOpen(at: channel.height)
    }

    // MARK: What goes into blocks

    private mutating func take(_ submission: Submission, into ready: inout [Batch]) async {
        switch submission.content {
        case .normal(let envelope, let sequence):
            guard isStillGood(envelope, sequence, submission) else { return }
            for full in cutter.append(submission, byteCount: submission.byteCount, size: batchSize) {
                ready.append(batch(full))
            }
        case .config(let update, let proposal):
            // A config transaction stands alone, and what follows it is judged by what it brings.
            if !cutter.pending.isEmpty { ready.append(batch(cutter.cut())) }
            await write(&ready)
            guard !isHalted else { return refuse([submission]) }
            guard let proposal = stillGood(proposal, update, submission) else { return }
            ready.append(Batch(submissions: [submission], envelopes: [proposal.envelope], next: proposal))
            await write(&ready)
        }
    }

    private func batch(_ submissions: [Submission]) -> Batch {
        let envelopes = submissions.compactMap { submission -> Bytes? in
            if case .normal(let envelope, _) = submission.content { envelope.canonicalBytes } else { nil }
        }
        return Batch(submissions: submissions, envelopes: envelopes, next: nil)
    }

    /// Envelopes admitted under an older configuration are judged again by the one in force.
    private func isStillGood(_ envelope: ReceivedEnvelope, _ sequence: UInt64, _ submission: Submission) -> Bool {
        let configuration = channel.configuration
        guard sequence != configuration.sequence else { return true }
        do throws(IntakeRefusal) {
            try IntakeRules(configuration).recheck(envelope)
            return true
        } catch {
            channel.logger.debug("Envelope refused after a config change", metadata: ["reason": "\(error)"])
            submission.answer(error.response)
            return false
        }
    }

    /// A proposal made under an older configuration is void; the update is proposed again.
    private func stillGood(
        _ proposal: ConfigProposal, _ update: ReceivedEnvelope, _ submission: Submission
    ) -> ConfigProposal? {
        let configuration = channel.configuration
        guard proposal.baseSequence != configuration.sequence else { return proposal }
        do {
            return try IntakeRules(configuration)
                .propose(update, now: channel.options.time.now(), signer: channel.signer)
        } catch let refusal as IntakeRefusal {
            submission.answer(refusal.response)
        } catch {
            channel.logger.error("Config update could not be wrapped", metadata: ["error": "\(error)"])
            submission.answer(channel.unavailable.response)
        }
        return nil
    }

    // MARK: Writing

    /// Writes batches with one sync, makes them known, then answers those who sent them.
    private mutating func write(_ ready: inout [Batch]) async {
        guard !ready.isEmpty else { return }
        let batches = ready
        ready = []
        do {
            let blocks = try await append(batches)
            channel.recent.append(blocks)
            // Readers who see a config block must be judged by what it brings.
            if let next = batches.last?.next { channel.configuration = next.next }
            channel.feed.raise(to: channel.log.height)
            for batch in batches {
                for submission in batch.submissions { submission.answer(.success) }
            }
            if let last = blocks.last {
                channel.logger.debug(
                    "Blocks ordered",
                    metadata: ["block.number": "\(last.number)", "blocks.count": "\(blocks.count)"])
            }
        } catch {
            isHalted = true
            // A removed channel has ended as it should.
            if !(error is ChainHalted) { channel.halt(error) }
            for batch in batches { refuse(batch.submissions) }
        }
    }

    private func append(_ batches: [Batch]) async throws -> [(number: BlockNumber, bytes: Bytes)] {
        try await channel.writing.run { [channel] in
            guard !channel.isRemoved.load(ordering: .relaxed) else {
                throw ChainHalted("Channel \"\(channel.id)\" was removed.")
            }
            // The lock is never contended for long: readers of the chain's end look only at a number.
            return try channel.assembler.withLock { assembler in
                var next = assembler
                let blocks = try batches.map { batch in
                    let block = try next.next(batch.envelopes, isConfig: batch.next != nil, signer: channel.signer)
                    return (number: block.number, bytes: block.encoded())
                }
                try channel.log.append(blocks)
                assembler = next
                channel.shortage.store(!channel.log.hasRoom, ordering: .relaxed)
                return blocks
            }
        }
    }

    private func refuse(_ submissions: [Submission]) {
        for submission in submissions { submission.answer(channel.unavailable.response) }
    }
}

extension OrdererChannel {
    /// Makes blocks until the task is cancelled, then writes what has been taken in and returns. Called once.
    package func run() async {
        await withTaskCancellationHandler {
            var writer = ChannelWriter(self)
            await writer.run()
        } onCancel: {
            close()
        }
    }
}
