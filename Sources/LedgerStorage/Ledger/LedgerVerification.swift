package import FabricTypes
package import LedgerCore
package import Membership

/// Checks a ledger on disk against nothing but its own block files: every checksum, hash, signature and code, and every
/// value that the database derives from them.
///
/// The blocks are validated once more into a database of their own beside the ledger's (`verify.db`); then the two are
/// compared. An interrupted check goes on where it was. Nothing of the ledger is changed. Where the ledger began from a
/// snapshot, the check does too: the snapshot's files must have their hashes, and what they say is taken as true.
package struct LedgerVerification {
    /// What was found, in sentences; empty where everything is as it should be.
    package private(set) var findings: [String] = []
    package private(set) var blockCount: BlockNumber = 0
    /// Bytes of a block that was being appended when the process ended; the next start cuts them off.
    package private(set) var tornByteCount: UInt64 = 0

    private static let scratchName = "verify.db"
    private let folder: LedgerFolder
    private let signatures: SignatureTable
    private let loop: ParallelLoop

    /// - Parameter progress: told of each block checked; what it throws ends the check, which goes on from there next time.
    /// - Throws: ``StorageError`` where files cannot be read or a process has the ledger open; whatever `progress` throws.
    package init(
        folder path: String, signatures: SignatureTable, loop: ParallelLoop = .serial,
        progress: (BlockNumber) throws -> Void
    ) throws {
        folder = try LedgerFolder(path)
        self.signatures = signatures
        self.loop = loop
        let lock = try FolderLock(folder: path)
        defer { lock.release() }
        do {
            try run(progress)
        } catch let error as StorageError where error.code == .damaged || error.code == .blocksMissing {
            findings.append(error.message)
        } catch let finding as BlockCheck.Finding {
            findings.append(finding.message)
        }
        let disk = try DiskFolder(path: path)
        for name in try disk.fileNames() where name.hasPrefix(Self.scratchName) { try disk.remove(name) }
    }

    private mutating func run(_ progress: (BlockNumber) throws -> Void) throws {
        var check = try BlockCheck(Self.scratchName, in: folder, signatures: signatures, loop: loop)
        let anchor = try check.anchor()
        do {
            tornByteCount = try BlockFiles.read(in: DiskFolder(path: folder.blocks), after: anchor) {
                number, location, bytes in
                if anchor?.number == number { return try check.resume(at: bytes) }
                try check.append(bytes, number: number, at: location)
                try progress(number)
            }
        } catch let finding as BlockCheck.Finding {
            findings.append(finding.message)
        } catch let error as StorageError where error.code == .damaged {
            findings.append(error.message)
        }
        blockCount = check.height
        guard findings.isEmpty else { return }
        guard folder.hasDatabase else {
            findings.append(
                "The database \"\(folder.database)\" is missing. Run \"duet ledger rebuild\", or start the node: both make it anew."
            )
            return
        }
        let found = try ReadConnection(path: folder.database, options: LedgerOptions())
        let foundHeight = try found.height()
        guard foundHeight <= check.height else {
            // To make the database anew would only hide it.
            findings.append(StorageError.lostBlocks(in: folder, height: check.height, foundHeight).message)
            return
        }
        let privateStore = try PrivateStore(path: folder.privateData)
        try privateStore.settle(height: check.height)
        findings += try DatabaseComparison(expected: check.reader, found: found).differences()
    }
}

extension StorageError {
    static func lostBlocks(
        in folder: LedgerFolder, height: BlockNumber, _ databaseHeight: BlockNumber
    ) -> StorageError {
        StorageError(
            .blocksMissing,
            "The database in \"\(folder.path)\" holds \(databaseHeight) blocks, the block files only \(height): acknowledged blocks are lost. Restore the block files from a copy, or remove this peer's ledger and let it fetch the blocks again."
        )
    }
}

/// Validates block after block into the scratch database.
private struct BlockCheck {
    struct Finding: Error {
        let message: String
    }

    let reader: ReadConnection
    private(set) var height: BlockNumber
    private let origin: LedgerOrigin?
    private let writer: LedgerWriter
    private let pool: SnapshotPool
    private let files: BlockFiles
    private let privateStore: PrivateStore
    private let signatures: SignatureTable
    private let loop: ParallelLoop
    private let definitions = DefinitionCache()
    private var configuration: ChannelConfiguration?
    private var previousHash: Digest?

    init(_ scratchName: String, in folder: LedgerFolder, signatures: SignatureTable, loop: ParallelLoop) throws {
        let options = LedgerOptions()
        let kept = try KeptSnapshot.open(in: folder.path)
        origin = try KeptSnapshot.prepareDatabase(
            scratchName, of: folder.path, options: options)
        let scratch = "\(folder.path)/\(scratchName)"
        writer = LedgerWriter(connection: try LedgerDatabase.openWriter(path: scratch, options: options))
        reader = try ReadConnection(path: scratch, options: options)
        pool = SnapshotPool(path: scratch, options: options)
        height = try reader.integer(LedgerDatabase.heightName).map(UInt64.init(bitPattern:)) ?? 0
        files = try BlockFiles.reader(in: DiskFolder(path: folder.blocks))
        privateStore = try PrivateStore(path: folder.privateData)
        self.signatures = signatures
        self.loop = loop
        previousHash = try reader.hash(ofLast: height, origin)
        if let kept { configuration = try configuration(of: kept.manifest) }
    }

    func anchor() throws -> BlockFiles.Anchor? {
        try reader.anchor(height: height, origin)
    }

    /// The configuration in force in the scratch database's state.
    private func configuration(of manifest: SnapshotManifest) throws -> ChannelConfiguration {
        do {
            let stored = try reader.value(of: ChannelConfigState.key, in: .open(ChannelConfigState.namespace))
            return try ChannelConfiguration(
                channelID: ChannelID(validating: manifest.channel.lossyText),
                config: ConfigEnvelope(decoding: stored?.value ?? Bytes()).config ?? Config(), signatures: signatures)
        } catch let error as ConfigError {
            throw Finding(message: "The channel's configuration in the snapshot cannot be used: \(error)")
        }
    }

    /// Goes on behind a block that an earlier run has checked.
    mutating func resume(at bytes: Bytes) throws {
        // A ledger that began from a snapshot may not hold the block; its state has the configuration all the same.
        guard configuration == nil else { return }
        let block = try Block(decoding: bytes)
        let number = block.isConfigBlock ? block.number : try block.lastConfigIndex()
        guard let location = try reader.location(ofBlock: number) else {
            throw Finding(
                message: "Block \(block.number) names block \(number) as its configuration, which is missing.")
        }
        configuration = try ChannelConfiguration(
            trusting: Block(decoding: files.read(location, number: number)), signatures: signatures)
    }

    mutating func append(_ bytes: Bytes, number: BlockNumber, at location: BlockLocation) throws {
        let block: Block
        do throws(WireError) {
            block = try Block(decoding: bytes)
        } catch {
            throw Finding(message: "Block \(number) is stored whole but is no block: \(error)")
        }
        let prepared = PreparedBlock(block, loop: loop)
        let snapshot = try pool.lease()
        defer { snapshot.close() }
        let evaluation = try evaluate(prepared, over: snapshot)
        let commit = try commit(prepared, bytes, evaluation, over: snapshot)
        try writer.write(commit, at: location)
        definitions.willCommit(commit.updates, of: number)
        configuration = evaluation.configuration
        previousHash = prepared.headerHash
        height = number + 1
    }

    private func evaluate(
        _ block: PreparedBlock, over snapshot: SQLiteSnapshot
    ) throws -> BlockEvaluation<SQLiteSnapshot> {
        guard let configuration, let previousHash else {
            do {
                try BlockVerification.checkNumber(block, expected: 0)
                try BlockVerification.checkDataHash(block)
                let configuration = try ChannelConfiguration(trusting: block.block, signatures: signatures)
                return BlockEvaluation(genesis: block, reader: snapshot, configuration: configuration)
            } catch {
                throw Finding(message: "The genesis block cannot be used: \(error)")
            }
        }
        do throws(BlockRefusal) {
            try BlockVerification.check(
                block, number: height, previousHash: previousHash, configuration: configuration)
        } catch {
            throw Finding(message: error.message)
        }
        let known = KnownTransactions(reader: reader, files: files)
        return try BlockValidator(configuration: configuration, definitions: definitions, loop: loop)
            .evaluate(block, reader: snapshot, isKnown: known.contains)
    }

    private func commit(
        _ block: PreparedBlock, _ bytes: Bytes, _ evaluation: BlockEvaluation<SQLiteSnapshot>,
        over state: SQLiteSnapshot
    ) throws -> BlockCommit {
        let number = block.number
        let stored = block.block.transactionsFilter.codes
        if let index = evaluation.codes.indices.first(where: {
            stored.count != evaluation.codes.count || stored[$0] != evaluation.codes[$0]
        }) {
            let claim = stored.indices.contains(index) ? "\(stored[index])" : "nothing"
            throw Finding(
                message:
                    "Transaction \(index) of block \(number) is \(evaluation.codes[index]); the block says \(claim).")
        }
        // The replay compares the commit hash, and computes what this peer's private data add.
        do {
            return try BlockReplay.byDefinitions.commit(
                of: block.block, bytes: bytes, over: state,
                previousCommitHash: try reader.bytes(LedgerDatabase.commitHashName).flatMap { Digest($0) },
                privateSets: try privateStore.sets(ofBlock: number))
        } catch let error as LedgerStoreError {
            throw Finding(message: error.message)
        }
    }
}

/// Answers whether an id is used up, from the scratch database and the blocks.
private final class KnownTransactions: Sendable {
    private let reader: LockedReader
    private let files: BlockFiles

    init(reader: ReadConnection, files: BlockFiles) {
        self.reader = LockedReader(reader)
        self.files = files
    }

    @Sendable
    func contains(_ id: Bytes) throws -> Bool {
        guard !id.isEmpty else { return false }
        if try reader.use({ try $0.isKnownFromSnapshot(id) }) { return true }
        let candidates = try reader.use { reader in
            try reader.positions(of: TransactionIDPrefix(id)).compactMap { position in
                try reader.location(ofBlock: position.blockNumber).map { (position, $0) }
            }
        }
        for (position, location) in candidates {
            let block = try Block(decoding: files.read(location, number: position.blockNumber))
            if block.data.entries.indices.contains(position.transactionIndex),
                Envelope.transactionID(of: block.data.entries[position.transactionIndex]) == id
            {
                return true
            }
        }
        return false
    }
}
