internal import FabricTypes
internal import Glibc
internal import LedgerCore
internal import LedgerStorage
internal import LedgerTestKit
internal import Synchronization

/// Commits made blocks to a ledger and ends itself, as `kill -9` would, at a named moment of one commit.
///
/// Arguments: folder, seed, number of the block, and the moment: `withinAppend`, one of ``SQLiteLedger/CommitPoint``, or
/// `never`. Says on standard output which blocks were acknowledged, each as soon as it is.
@main
enum LedgerCrashProgram {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 5, let seed = UInt64(arguments[2]), let blockNumber = BlockNumber(arguments[3]) else {
            exit(64)
        }
        let moment = arguments[4]
        let shared = CurrentBlock()
        var options = LedgerOptions()
        options.segmentByteCount = 20_000
        options.reached = { point in
            if point.rawValue == moment, shared.number == blockNumber { end() }
        }
        options.blockFolder = { path in
            CrashingFolder(base: try DiskFolder(path: path)) {
                moment == "withinAppend" && shared.number == blockNumber
            }
        }
        let ledger = try MadeLedger.open(arguments[1], options: options)
        while true {
            shared.number = ledger.height
            try ledger.commit(MadeLedger(seed: seed).nextCommit(for: ledger))
            tell("\(shared.number)\n")
        }
    }

    /// Written at once, since nothing else survives what comes.
    private static func tell(_ line: String) {
        _ = line.withCString { write(1, $0, strlen($0)) }
    }

    static func end() {
        kill(getpid(), SIGKILL)
    }
}

private final class CurrentBlock: Sendable {
    private let value = Atomic<UInt64>(0)

    var number: BlockNumber {
        get { value.load(ordering: .relaxed) }
        set { value.store(newValue, ordering: .relaxed) }
    }
}

/// A folder whose files end the process in the middle of a write.
private struct CrashingFolder: StorageFolder {
    let base: DiskFolder
    let isTime: @Sendable () -> Bool

    var path: String { base.path }

    func fileNames() throws(StorageError) -> [String] { try base.fileNames() }

    func open(_ name: String, creating: Bool) throws(StorageError) -> any StorageFile {
        File(base: try base.open(name, creating: creating), isTime: isTime)
    }

    func remove(_ name: String) throws(StorageError) { try base.remove(name) }

    func syncNames() throws(StorageError) { try base.syncNames() }

    private final class File: StorageFile {
        let base: any StorageFile
        let isTime: @Sendable () -> Bool

        init(base: any StorageFile, isTime: @escaping @Sendable () -> Bool) {
            self.base = base
            self.isTime = isTime
        }

        var name: String { base.name }

        func byteCount() throws(StorageError) -> UInt64 { try base.byteCount() }

        func read(at offset: UInt64, byteCount: Int) throws(StorageError) -> Bytes {
            try base.read(at: offset, byteCount: byteCount)
        }

        func write(_ bytes: Bytes, at offset: UInt64) throws(StorageError) {
            guard isTime() else { return try base.write(bytes, at: offset) }
            try base.write(bytes[0..<(bytes.count / 2)], at: offset)
            LedgerCrashProgram.end()
        }

        func sync() throws(StorageError) { try base.sync() }

        func truncate(to byteCount: UInt64) throws(StorageError) { try base.truncate(to: byteCount) }
    }
}
