package import FabricTypes
package import Membership

/// Recomputes a channel's ledger from its genesis block and tells where it is not what it claims.
///
/// Everything is worked out anew: hashes, the orderers' signatures, every transaction's code, the state and the commit
/// hashes. What peers have added to their copies is only compared; the copies of orderers, which lack it, pass without.
/// Certificates are judged by the rules of validation, never by the clock.
///
/// A block that differs does not end the audit, and what follows from one difference is not reported again with every
/// later block: each block is measured against what the one before it *is*, and where a block is missing or its
/// transactions are damaged, against what the blocks behind it claim. ``AuditedBlock/isRecomputed`` tells the two apart.
///
/// Holds the state and the transaction ids of the channel, no blocks.
package struct LedgerAudit: Sendable {
    /// Of more differences than these only the number is kept.
    package static let differenceCountMax = 10_000

    /// How many hashes of an earlier block are thought possible where a block names none of them.
    private static let openLinkCountMax = 4

    /// In the order of the blocks.
    package private(set) var differences: [AuditDifference] = []
    package private(set) var differenceCount = 0
    /// Nil before the first configuration is read, and while the one in force is not known.
    package var channelID: ChannelID? { configuration?.channelID }

    let loop: ParallelLoop
    let signatures: SignatureTable
    let definitions = DefinitionCache()

    /// The number of the block that comes next.
    private(set) var position: BlockNumber = 0
    /// The header hashes by which the next block may name the one before; none where that is not known.
    private var links: [Bytes] = [Bytes()]

    var configuration: ChannelConfiguration?
    /// The block that holds the configuration in force.
    var lastConfigNumber: BlockNumber?
    /// Blocks that are missing or damaged.
    var lostBlocks: [ClosedRange<BlockNumber>] = []
    /// Blocks that were noted as unreadable and are not to be called missing too; the lowest first. At most
    /// ``differenceCountMax``: of more, some are reported twice.
    private var unreadableBlocks: [BlockNumber] = []
    /// Whether the state is that of all blocks before, so that codes can be computed.
    var isStateComplete = true
    var state = InMemoryState()
    var transactionIDs = KnownTransactionIDs()
    /// The commit hash of the block before by our reckoning, and as that block claims it.
    var computedCommitHash: Digest?
    var claimedCommitHash: Digest?

    package init(signatures: SignatureTable, loop: ParallelLoop = .serial) {
        self.signatures = signatures
        self.loop = loop
    }

    /// Begins where a snapshot ends.
    ///
    /// - Throws: ``Membership/ConfigError`` where the state holds no usable configuration.
    package init(
        from start: AuditStart, signatures: SignatureTable, loop: ParallelLoop = .serial
    ) throws(ConfigError) {
        self.init(signatures: signatures, loop: loop)
        configuration = try ChannelConfiguration(
            channelID: start.channelID, config: start.configuration?.config ?? Config(), signatures: signatures)
        lastConfigNumber = start.configuration?.block
        position = start.height
        links = [start.lastBlockHash.bytes]
        state = start.state
        transactionIDs = start.transactionIDs
        computedCommitHash = start.lastCommitHash
        claimedCommitHash = start.lastCommitHash
    }

    /// The state after the blocks taken so far.
    package var snapshot: InMemorySnapshot { InMemorySnapshot(state) }

    /// Takes the next block.
    ///
    /// - Returns: nil for a block that has come already; it is among the differences.
    package mutating func append(_ block: Block) throws -> AuditedBlock? {
        var found: [AuditDifference] = []
        guard place(block, &found) else {
            report(found)
            return nil
        }
        var block = block
        // Reported already; everything else is judged as if it had the right number.
        block.header.number = position
        let prepared = PreparedBlock(block, loop: loop)
        verify(prepared, &found)
        let isWhole = prepared.dataHash.bytes == block.header.dataHash
        let outcome = try outcome(of: prepared, isWhole: isWhole, &found)
        if !isWhole { loseTrack(of: position...position) }
        try take(outcome, of: prepared)
        link(to: prepared)
        report(found)
        defer { position += 1 }
        return AuditedBlock(
            number: position, headerHash: prepared.headerHash, dataHash: prepared.dataHash,
            commitHash: outcome.commitHash, codes: outcome.codes, isRecomputed: outcome.isRecomputed,
            differences: found)
    }

    /// Takes note of bytes that should be a block and are not.
    ///
    /// - Parameter number: the block that should be there, if known. Should it come after all, from another copy, the
    ///   note stays and the audit goes on as if nothing had been.
    package mutating func note(damage message: String, block number: BlockNumber?) {
        // What names no number stands where the next block should.
        let number = number ?? position
        report([AuditDifference(.unreadable, block: number, message)])
        if number >= position, number < .max, unreadableBlocks.count < Self.differenceCountMax,
            unreadableBlocks.last.map({ $0 < number }) ?? true
        {
            unreadableBlocks.append(number)
        }
    }

    // MARK: - Place

    /// Finds out which block of the chain this is; moves ``position`` there.
    private mutating func place(_ block: Block, _ found: inout [AuditDifference]) -> Bool {
        // No ledger gets there, and no block could follow.
        guard position < .max, block.number < .max else {
            found.append(
                AuditDifference(
                    .number, block: block.number,
                    "Block \(block.number) came where block \(position) is next, and no block has the number "
                        + "\(BlockNumber.max). It was passed over."))
            return false
        }
        if block.number == position { return true }
        if links.contains(block.header.previousHash) {
            found.append(
                AuditDifference(
                    .number, block: position,
                    "The block behind block \(Self.name(position)) says that it is block \(block.number)."))
            return true
        }
        guard block.number > position, block.hasHeader else {
            found.append(
                AuditDifference(
                    .number, block: block.number,
                    "Block \(block.number) came where block \(position) is next. It was passed over."))
            return false
        }
        let lost = position...(block.number - 1)
        found += missingDifferences(in: lost)
        loseTrack(of: lost)
        links = []
        claimedCommitHash = nil
        position = block.number
        return true
    }

    /// One difference for each run of blocks that are missing, not for those that were there and unreadable.
    private mutating func missingDifferences(in lost: ClosedRange<BlockNumber>) -> [AuditDifference] {
        var differences: [AuditDifference] = []
        var first = lost.lowerBound
        func report(_ run: Range<BlockNumber>) {
            guard !run.isEmpty else { return }
            let last = run.upperBound - 1
            let which =
                run.lowerBound == last
                ? "Block \(run.lowerBound) is missing." : "Blocks \(run.lowerBound) to \(last) are missing."
            differences.append(
                AuditDifference(
                    .missing, block: run.lowerBound,
                    which
                        + " The codes of the blocks behind are those that they claim: the state before them is not known."
                ))
        }
        for number in unreadableBlocks where lost.contains(number) {
            report(first..<number)
            first = number + 1
        }
        report(first..<(lost.upperBound + 1))
        unreadableBlocks.removeAll { $0 <= lost.upperBound }
        return differences
    }

    private static func name(_ position: BlockNumber) -> String {
        position == 0 ? "none" : "\(position - 1)"
    }

    private mutating func loseTrack(of lost: ClosedRange<BlockNumber>) {
        isStateComplete = false
        lostBlocks.append(lost)
    }

    /// Remembers by which hashes the next block may name this one: that of its header and, if the header is damaged, that of
    /// the header it should have.
    private mutating func link(to block: PreparedBlock) {
        var links = [block.headerHash.bytes]
        let header = block.block.header
        // Where the block names one of the possible hashes, that settles it; else all stay possible, as far as there is room.
        // Without a bound a run of damaged blocks would double them block by block.
        let previousHashes =
            self.links.contains(header.previousHash)
            ? [header.previousHash] : self.links.prefix(Self.openLinkCountMax) + [header.previousHash]
        for previousHash in previousHashes {
            for dataHash in [block.dataHash.bytes, header.dataHash] {
                let repaired = BlockHeader(number: position, previousHash: previousHash, dataHash: dataHash).hash.bytes
                if !links.contains(repaired) { links.append(repaired) }
            }
        }
        self.links = links
    }

    // MARK: - Checks

    private mutating func verify(_ block: PreparedBlock, _ found: inout [AuditDifference]) {
        func check(_ step: () throws(BlockRefusal) -> Void) {
            do throws(BlockRefusal) {
                try step()
            } catch {
                found.append(AuditDifference(error, at: position))
            }
        }
        if !links.isEmpty, !links.contains(block.block.header.previousHash) {
            let link = links[0]
            check { () throws(BlockRefusal) in try BlockVerification.checkPreviousHash(block, expected: link) }
        }
        check { () throws(BlockRefusal) in try BlockVerification.checkMetadata(block) }
        check { () throws(BlockRefusal) in try BlockVerification.checkForm(block) }
        check { () throws(BlockRefusal) in try BlockVerification.checkDataHash(block) }
        checkLastConfig(block, &found)
        // The genesis block is not signed: whoever audits trusts it, or compares its hash with what is known of it.
        if position > 0, let configuration {
            check { () throws(BlockRefusal) in
                try BlockVerification.checkSignature(block, configuration: configuration)
            }
        }
    }

    private mutating func report(_ found: [AuditDifference]) {
        differenceCount += found.count
        differences += found.prefix(max(0, Self.differenceCountMax - differences.count))
    }
}

/// The transaction ids that are used up.
struct KnownTransactionIDs: Sendable {
    private var digests: Set<Digest> = []

    func contains(_ id: Bytes) -> Bool {
        digest(id).map(digests.contains) ?? false
    }

    /// An id that is no hash is left out: no transaction that is looked for can have it.
    mutating func insert(_ id: Bytes) {
        if let digest = digest(id) { digests.insert(digest) }
    }

    private func digest(_ id: Bytes) -> Digest? {
        guard id.count == 2 * Digest.byteCount, let text = id.utf8Text else { return nil }
        // Any other text is no id of ours, as the comment above says.
        return (try? TransactionID(validating: text))?.digest
    }
}
