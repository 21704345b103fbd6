/// A key range that a transaction read, with what it found there.
///
/// Source: Fabric's `kvrwset.RangeQueryInfo`.
package struct RangeQueryInfo: WireMessage {
    package static let messageName = "kvrwset.RangeQueryInfo"

    /// What the range held: the rows, or beyond 50 of them a summary. Absent where nothing was found.
    package enum Result: Hashable, Sendable {
        case rawReads(QueryReads)
        case merkleSummary(QueryReadsMerkleSummary)
    }

    package var startKey = Bytes()
    /// Where ``isExhausted`` the end that was asked for, which is not part of the range; else the last key returned, which
    /// is.
    package var endKey = Bytes()
    package var isExhausted = false
    package var result: Result?

    package init() {}

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch (field.number, field.value) {
        case (1, _): try field.readUTF8(&startKey)
        case (2, _): try field.readUTF8(&endKey)
        case (3, _): field.read(&isExhausted)
        case (4, .bytes):
            var reads = QueryReads()
            if case .rawReads(let earlier) = result { reads = earlier }
            result = nil  // else its array would be copied for every piece
            try field.merge(into: &reads)
            result = .rawReads(reads)
        case (5, .bytes):
            var summary = QueryReadsMerkleSummary()
            if case .merkleSummary(let earlier) = result { summary = earlier }
            result = nil
            try field.merge(into: &summary)
            result = .merkleSummary(summary)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, startKey)
        writer.write(2, endKey)
        writer.write(3, isExhausted)
        switch result {
        case .rawReads(let reads): writer.write(4, message: reads)
        case .merkleSummary(let summary): writer.write(5, message: summary)
        case nil: break
        }
    }
}

/// Source: Fabric's `kvrwset.QueryReads`. Its encoding is also what a leaf of the Merkle summary hashes.
package struct QueryReads: WireMessage {
    package static let messageName = "kvrwset.QueryReads"

    package var reads: [KVRead] = []

    package init() {}

    package init(_ reads: [KVRead]) {
        self.reads = reads
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        if field.number == 1 { try field.append(to: &reads) }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, messages: reads)
    }
}

/// Source: Fabric's `kvrwset.QueryReadsMerkleSummary`.
package struct QueryReadsMerkleSummary: WireMessage {
    package static let messageName = "kvrwset.QueryReadsMerkleSummary"

    package var maxDegree: UInt32 = 0
    package var maxLevel: UInt32 = 0
    package var maxLevelHashes: [Bytes] = []

    package init() {}

    package init(maxDegree: UInt32, maxLevel: UInt32, maxLevelHashes: [Bytes]) {
        self.maxDegree = maxDegree
        self.maxLevel = maxLevel
        self.maxLevelHashes = maxLevelHashes
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: field.read(&maxDegree)
        case 2: field.read(&maxLevel)
        case 3: field.append(to: &maxLevelHashes)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, maxDegree)
        writer.write(2, maxLevel)
        writer.write(3, repeated: maxLevelHashes)
    }
}
