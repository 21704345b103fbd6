internal import ArgumentParser
internal import DuetNode
internal import Foundation
internal import LedgerCore
internal import LedgerStorage
internal import Membership

/// `duet ledger audit`: recomputes a ledger from its blocks and says where it is not what it claims.
struct LedgerAuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Recompute a channel's ledger from its blocks and compare it with what they claim.",
        discussion: """
            Every hash, signature, validation code, commit hash and state is worked out anew, from the genesis block on, by \
            Fabric's rules; the genesis block itself is taken as true. Certificates are judged by the rules, not by today's \
            date. Copies of blocks that no peer has validated are computed without comparing what peers add.

            PATH is a folder of *.block files, each an encoded common.Block, or a ledger of Duet's, or a Fabric peer's \
            folder of block files (ledgersData/chains/chains/<channel>), or a folder above the latter if it holds one \
            channel only.

            Where the blocks begin behind a snapshot, that snapshot is taken as true in place of the genesis block, once its \
            hashes are checked: the one that a ledger of Duet's keeps, or the one that --snapshot names.

            Exit status: 0 nothing differs, 1 something differs or the audit failed, 64 wrong use, 66 no blocks there.
            """
    )

    @Argument(help: "A folder that holds blocks.", completion: .directory)
    var path: String

    @Option(
        help: ArgumentHelp(
            "Write the state at the end to this file, one JSON object a line: public keys with namespace, key, keyHex, "
                + "value (base64), version [block, transaction] and metadata; hashed private keys with namespace, collection, "
                + "keyHash, valueHash, version and metadata. The channel's configuration is not among them.",
            valueName: "file"),
        completion: .file())
    var state: String?

    @Option(
        help: ArgumentHelp("The snapshot that the ledger was started from.", valueName: "folder"),
        completion: .directory)
    var snapshot: String?

    @OptionGroup var output: OutputOptions

    mutating func run() async throws {
        var reader = try openBlocks()
        let stateFile = try state.map { try StateFile(creating: $0) }
        var audit = try makeAudit()
        var report = AuditReport(output.format, on: .standardOutput)
        let progress = ProgressBar("Auditing \(path)", of: reader.entryCount, unit: "blocks")
        while let entry = try next(from: &reader) {
            switch entry {
            case .block(let block):
                if let audited = try audit.append(block) { report.append(audited) }
            case .damaged(let damage):
                audit.note(damage: damage.message, block: damage.number)
            }
            progress.advance()
        }
        progress.finish()
        try stateFile?.write(audit.snapshot)
        report.finish(audit)
        if audit.differenceCount > 0 { throw ExitStatus.failed }
    }

    private func makeAudit() throws -> LedgerAudit {
        guard let path = snapshot ?? AuditStart.keptSnapshot(besides: URL(filePath: path)) else {
            return LedgerAudit(signatures: SignatureTable(), loop: .allCores)
        }
        return try ledgerResult {
            try LedgerAudit(from: AuditStart(snapshot: path), signatures: SignatureTable(), loop: .allCores)
        }
    }

    private func openBlocks() throws -> any StoredBlockReader {
        do throws(BlockFileError) {
            return try StoredBlocks.open(URL(filePath: path))
        } catch {
            throw CommandError(error.code == .severalChannels ? .usage : .noInput, error.message)
        }
    }

    private func next(from reader: inout any StoredBlockReader) throws -> StoredBlock? {
        do throws(BlockFileError) {
            return try reader.next()
        } catch {
            throw CommandError(.noInput, error.message)
        }
    }
}
