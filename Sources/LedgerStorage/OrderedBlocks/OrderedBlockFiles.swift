package import FabricTypes
package import OrderingCore
internal import Synchronization

/// An orderer's blocks of one channel in block files.
///
/// There is no database beside them: where each block stands is read anew at every start, which is one pass over the
/// files, and kept in memory, 16 bytes a block.
package final class OrderedBlockFiles: OrderedBlockLog {
    private let files: BlockFiles
    private let locations: Mutex<[BlockLocation]>
    private let roomCheck: @Sendable () -> Bool

    /// Opens the files, checks that they hold a chain of blocks, and cuts a torn end off.
    ///
    /// - Parameter hasRoom: whether the disk has space for more.
    /// - Throws: `StorageError`, `ChainFault`.
    package init(
        in folder: any StorageFolder, segmentByteCount: UInt64 = BlockFiles.segmentByteCountDefault,
        hasRoom: @escaping @Sendable () -> Bool = { true }
    ) throws {
        var found: [BlockLocation] = []
        var chain = ChainCheck()
        files = try BlockFiles.open(in: folder, segmentByteCount: segmentByteCount, after: nil) {
            number, location, bytes in
            do throws(ChainFault) {
                try chain.accept(number, bytes)
            } catch {
                throw StorageError(
                    .damaged,
                    "The ordered blocks in \"\(folder.path)\" are not what was written. \(error) Restore the folder from a copy."
                )
            }
            found.append(location)
        }
        locations = Mutex(found)
        roomCheck = hasRoom
    }

    package var height: BlockNumber { BlockNumber(locations.withLock(\.count)) }

    package var hasRoom: Bool { roomCheck() }

    package func append(_ blocks: [(number: BlockNumber, bytes: Bytes)]) throws {
        let added = try files.append(blocks)
        locations.withLock { $0 += added }
    }

    package func block(_ number: BlockNumber) throws -> Bytes {
        let location = locations.withLock { number < BlockNumber($0.count) ? $0[Int(number)] : nil }
        guard let location else {
            throw StorageError(.misuse, "Block \(number) was asked for; the orderer's chain ends at \(height).")
        }
        return try files.read(location, number: number)
    }
}
