package import FabricTypes

/// Groups ordered messages into the batches that become blocks.
///
/// Pure: no clock, no I/O, no locking. Its owner feeds it messages in order, writes the batches it returns, and calls
/// ``cut()`` when the batch timer fires, when a message must stand alone, or when nothing keeps the pending ones back.
/// Source: Fabric's `blockcutter.receiver`; with the same limits and the same calls it cuts the same batches.
package struct BlockCutter<Message> {
    /// The first message of the pending batch stands first.
    package private(set) var pending: [Message] = []
    /// Payloads and signatures of the pending messages, in bytes.
    package private(set) var pendingByteCount = 0

    package init() {}

    /// Takes the next message.
    ///
    /// - Parameters:
    ///   - byteCount: the size of its payload and signature together.
    ///   - size: the limits in force for this message.
    /// - Returns: the batches that are full now, oldest first: none, one or two.
    package mutating func append(_ message: Message, byteCount: Int, size: BatchSize) -> [[Message]] {
        let preferredByteCountMax = Int(size.preferredMaxBytes)
        if byteCount > preferredByteCountMax {
            // Too large for any company: what waits goes first, then the message alone.
            return (pending.isEmpty ? [] : [cut()]) + [[message]]
        }
        var batches: [[Message]] = []
        // Nothing pending never overflows: the message alone fits.
        if pendingByteCount + byteCount > preferredByteCountMax { batches.append(cut()) }
        pending.append(message)
        pendingByteCount += byteCount
        if pending.count >= Int(size.maxMessageCount) { batches.append(cut()) }
        return batches
    }

    /// Ends the pending batch, which may be empty.
    package mutating func cut() -> [Message] {
        defer {
            pending = []
            pendingByteCount = 0
        }
        return pending
    }

    /// Whether further messages of this count and size would fill the pending batch.
    package func isFilled(byCount count: Int, byteCount: Int, size: BatchSize) -> Bool {
        pending.count + count >= Int(size.maxMessageCount) || pendingByteCount + byteCount > Int(size.preferredMaxBytes)
    }
}
