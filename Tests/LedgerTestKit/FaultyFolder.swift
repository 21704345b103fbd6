internal import FabricTypes
package import LedgerStorage
internal import Synchronization

/// A folder in memory that fails on command and forgets what was not synced.
///
/// Every operation that changes something counts; the one with the number `failing` fails in the way given. A crash keeps
/// what was synced and, of what was not, the parts that a generator picks in pages of 512 bytes.
package final class FaultyFolder: StorageFolder {
    package enum Fault: Sendable {
        case diskFull
        /// Half of the bytes are written, then the disk is full.
        case shortWrite
        case syncFails
        /// The process ends here: everything afterwards fails too.
        case crash
    }

    fileprivate struct Content: Sendable {
        var live: [UInt8] = []
        var durable: [UInt8] = []
    }

    fileprivate struct State {
        var files: [String: Content] = [:]
        var operationCount = 0
        var failing: (number: Int, fault: Fault)?
        var isCrashed = false
    }

    package let path = "memory"
    fileprivate let state = Mutex(State())

    package init(files: [String: [UInt8]] = [:]) {
        state.withLock { state in
            for (name, bytes) in files { state.files[name] = Content(live: bytes, durable: bytes) }
        }
    }

    /// How many changing operations there have been.
    package var operationCount: Int { state.withLock(\.operationCount) }

    package var files: [String: [UInt8]] { state.withLock { $0.files.mapValues(\.live) } }

    /// Lets the operation with this number, counted from now on and from 1, fail.
    package func fail(_ number: Int, with fault: Fault) {
        state.withLock { $0.failing = ($0.operationCount + number, fault) }
    }

    /// The folder as a new process finds it: synced bytes, and of the others what happened to reach the disk.
    package func afterCrash(keeping random: inout some RandomNumberGenerator) -> FaultyFolder {
        let pageByteCount = 512
        var survivors: [String: [UInt8]] = [:]
        for (name, content) in state.withLock(\.files) {
            var bytes = content.durable
            // The size may have grown without the bytes having arrived.
            if content.live.count > bytes.count, Bool.random(using: &random) {
                let byteCount = Int.random(in: bytes.count...content.live.count, using: &random)
                bytes += [UInt8](repeating: 0, count: byteCount - bytes.count)
                for start in stride(from: 0, to: bytes.count, by: pageByteCount) where Bool.random(using: &random) {
                    let end = min(start + pageByteCount, bytes.count)
                    bytes.replaceSubrange(start..<end, with: content.live[start..<end])
                }
            }
            survivors[name] = bytes
        }
        return FaultyFolder(files: survivors)
    }

    package func fileNames() throws(StorageError) -> [String] { Array(files.keys) }

    package func open(_ name: String, creating: Bool) throws(StorageError) -> any StorageFile {
        guard files[name] != nil || creating else {
            throw StorageError(.inputOutput, "The file \"\(name)\" does not exist.")
        }
        if files[name] == nil {
            try change { (state, _) in state.files[name] = Content() }
        }
        return File(folder: self, name: name)
    }

    package func remove(_ name: String) throws(StorageError) {
        try change { (state, _) in state.files[name] = nil }
    }

    package func syncNames() throws(StorageError) {
        try change { (_, _) in }
    }

    /// Counts an operation and carries it out, or fails as told to. The operation learns whether only half of it is done.
    fileprivate func change(_ operation: (inout State, _ isHalf: Bool) -> Void) throws(StorageError) {
        let error: StorageError? = state.withLock { state in
            state.operationCount += 1
            if state.isCrashed { return StorageError(.inputOutput, "The process has ended.") }
            guard let failing = state.failing, failing.number == state.operationCount else {
                operation(&state, false)
                return nil
            }
            switch failing.fault {
            case .diskFull:
                return StorageError(.diskFull, "No space is left.")
            case .shortWrite:
                operation(&state, true)
                return StorageError(.diskFull, "No space is left.")
            case .syncFails:
                return StorageError(.syncFailed, "The sync failed.")
            case .crash:
                operation(&state, true)
                state.isCrashed = true
                return StorageError(.inputOutput, "The process has ended.")
            }
        }
        if let error { throw error }
    }

    fileprivate final class File: StorageFile {
        let folder: FaultyFolder
        let name: String

        init(folder: FaultyFolder, name: String) {
            self.folder = folder
            self.name = name
        }

        private var live: [UInt8] { folder.state.withLock { $0.files[name]?.live ?? [] } }

        func byteCount() throws(StorageError) -> UInt64 { UInt64(live.count) }

        func read(at offset: UInt64, byteCount: Int) throws(StorageError) -> Bytes {
            Bytes(live.dropFirst(Int(offset)).prefix(byteCount))
        }

        func write(_ bytes: Bytes, at offset: UInt64) throws(StorageError) {
            try folder.change { state, isHalf in
                var live = state.files[name]?.live ?? []
                let written = isHalf ? Array(bytes.prefix(bytes.count / 2)) : bytes.array
                let end = Int(offset) + written.count
                if live.count < end { live += [UInt8](repeating: 0, count: end - live.count) }
                live.replaceSubrange(Int(offset)..<end, with: written)
                state.files[name]?.live = live
            }
        }

        func sync() throws(StorageError) {
            try folder.change { state, isHalf in
                if !isHalf, let live = state.files[name]?.live { state.files[name]?.durable = live }
            }
        }

        func truncate(to byteCount: UInt64) throws(StorageError) {
            try folder.change { state, _ in
                if let live = state.files[name]?.live { state.files[name]?.live = Array(live.prefix(Int(byteCount))) }
            }
        }
    }
}
