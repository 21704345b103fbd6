internal import FabricTypes

/// Where an event stands in a channel: block, transaction in the block, event in the transaction. Ordered as the ledger is.
///
/// The transaction itself and its contract event have event 0, its scheduled functions follow from 1; the event of a whole
/// block stands behind its last transaction.
package struct LedgerPoint: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    package var block: UInt64
    package var transaction: Int
    package var event: Int

    package init(block: UInt64, transaction: Int = 0, event: Int = 0) {
        self.block = block
        self.transaction = transaction
        self.event = event
    }

    package static let zero = LedgerPoint(block: 0)

    /// Right behind this one.
    package var next: LedgerPoint { LedgerPoint(block: block, transaction: transaction, event: event &+ 1) }

    package static func < (left: LedgerPoint, right: LedgerPoint) -> Bool {
        (left.block, left.transaction, left.event) < (right.block, right.transaction, right.event)
    }

    /// `7/0/1`.
    package var description: String { "\(block)/\(transaction)/\(event)" }

    /// CloudEvents `id`: the same on every peer and in every replay.
    package func eventID(channel: String) -> String { "\(channel)/\(description)" }

    /// CloudEvents `sequence`: compares as text like the points do.
    package var sequence: String {
        "\(Self.pad(String(block), 20)).\(Self.pad(String(transaction), 6)).\(Self.pad(String(event), 4))"
    }

    private static func pad(_ digits: String, _ width: Int) -> String {
        String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }

    /// Reads `7/0/1`, `7/0` or `7`; nil for anything else.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard (1...3).contains(parts.count), let block = UInt64(parts[0]) else { return nil }
        let numbers = parts.dropFirst().map { Int($0) }
        guard numbers.allSatisfy({ $0.map { (0...Int(Int32.max)).contains($0) } ?? false }) else { return nil }
        self.init(
            block: block, transaction: numbers.first.flatMap { $0 } ?? 0,
            event: numbers.dropFirst().first.flatMap { $0 } ?? 0)
    }

    /// 16 bytes that sort as the points do.
    package var sortableBytes: [UInt8] {
        func bigEndian<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
            withUnsafeBytes(of: number.bigEndian) { Array($0) }
        }
        return bigEndian(block) + bigEndian(UInt32(clamping: transaction)) + bigEndian(UInt32(clamping: event))
    }

    /// Nil unless there are 16 bytes.
    package init?(sortableBytes bytes: [UInt8]) {
        guard bytes.count == 16 else { return nil }
        func number(_ range: Range<Int>) -> UInt64 { bytes[range].reduce(0) { $0 << 8 | UInt64($1) } }
        self.init(block: number(0..<8), transaction: Int(number(8..<12)), event: Int(number(12..<16)))
    }
}
