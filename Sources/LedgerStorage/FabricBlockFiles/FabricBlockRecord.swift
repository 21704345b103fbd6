package import FabricTypes

/// A block as Fabric's peers store it: not protobuf, but the same numbers and byte runs in a fixed order.
///
/// Number, data hash, previous hash; count and content of the envelopes; count and content of the metadata slots. Numbers
/// are varints, byte runs have their length before them. Source: Fabric's `blkstorage.serializeBlock`.
package enum FabricBlockRecord {
    /// Why bytes are no block.
    package struct Damage: Error, Hashable, Sendable {
        /// The number the record claims, where reading came that far.
        package let number: BlockNumber?
        /// The reason, as a part of a sentence.
        package let reason: String
    }

    /// Reads a record. Envelopes and slots are slices of it.
    package static func block(_ record: Bytes) throws(Damage) -> Block {
        var cursor = Cursor(record)
        guard let number = cursor.varint() else {
            throw Damage(number: nil, reason: "it ends inside the block's number")
        }
        func required<Value>(_ value: Value?, _ name: String) throws(Damage) -> Value {
            guard let value else { throw Damage(number: number, reason: "it ends inside \(name)") }
            return value
        }
        let dataHash = try required(cursor.bytes(), "the data hash")
        let previousHash = try required(cursor.bytes(), "the previous hash")
        let entries = try required(cursor.list(), "the envelopes")
        let slots = try required(cursor.list(), "the metadata")
        guard cursor.position == record.count else {
            throw Damage(number: number, reason: "\(record.count - cursor.position) bytes follow its metadata")
        }
        return Block(
            header: BlockHeader(number: number, previousHash: previousHash, dataHash: dataHash),
            data: BlockData(entries: entries),
            metadata: BlockMetadata(slots: slots))
    }

    /// Reads varints and byte runs; nil, once and for all, where the bytes end too early.
    struct Cursor {
        private let content: Bytes
        private(set) var position = 0

        init(_ content: Bytes) {
            self.content = content
        }

        mutating func varint() -> UInt64? {
            var result: UInt64 = 0
            var shift: UInt64 = 0
            while position < content.count, shift < 64 {
                let byte = content[position]
                position += 1
                // The tenth byte holds the one bit that is left of 64.
                if shift == 63, byte > 1 { return nil }
                result |= UInt64(byte & 0x7F) << shift
                if byte < 0x80 { return result }
                shift += 7
            }
            return nil
        }

        mutating func bytes() -> Bytes? {
            guard let length = varint(), length <= UInt64(content.count - position) else { return nil }
            let start = position
            position += Int(length)
            return content[start..<position]
        }

        mutating func list() -> [Bytes]? {
            // Each element takes a byte at least, so that a count alone cannot ask for memory.
            guard let count = varint(), count <= UInt64(content.count - position) else { return nil }
            var elements: [Bytes] = []
            elements.reserveCapacity(Int(count))
            for _ in 0..<count {
                guard let element = bytes() else { return nil }
                elements.append(element)
            }
            return elements
        }
    }
}
