extension BlockHeader {
    /// The header in ASN.1: `SEQUENCE { INTEGER number, OCTET STRING previousHash, OCTET STRING dataHash }`.
    ///
    /// The form that is hashed and signed. Source: Fabric's `protoutil.BlockHeaderBytes`.
    package var derBytes: Bytes {
        var content: [UInt8] = []
        content.reserveCapacity(96)
        Self.append(tag: 0x02, Self.integerContent(number), to: &content)
        Self.append(tag: 0x04, previousHash, to: &content)
        Self.append(tag: 0x04, dataHash, to: &content)
        var sequence: [UInt8] = []
        sequence.reserveCapacity(content.count + 4)
        Self.append(tag: 0x30, content, to: &sequence)
        return Bytes(sequence)
    }

    /// The name of the block: what the next block points to and what `GetBlockByHash` looks for.
    package var hash: Digest { Digest(of: derBytes) }

    /// Big-endian without leading zeros, but with one where the first bit would otherwise make the number negative.
    private static func integerContent(_ number: UInt64) -> [UInt8] {
        var content: [UInt8] = []
        for shift in stride(from: 56, through: 0, by: -8) {
            let byte = UInt8(truncatingIfNeeded: number >> UInt64(shift))
            if content.isEmpty {
                if byte == 0, shift > 0 { continue }
                if byte >= 0x80 { content.append(0) }
            }
            content.append(byte)
        }
        return content
    }

    private static func append(tag: UInt8, _ content: some Collection<UInt8>, to target: inout [UInt8]) {
        target.append(tag)
        let count = content.count
        if count < 0x80 {
            target.append(UInt8(count))
        } else {
            // A received header may hold hashes of any length, so the long form is complete.
            let lengthBytes = (0..<8).map { UInt8(truncatingIfNeeded: count >> (56 - $0 * 8)) }.drop { $0 == 0 }
            target.append(0x80 | UInt8(lengthBytes.count))
            target.append(contentsOf: lengthBytes)
        }
        target.append(contentsOf: content)
    }
}

extension BlockData {
    /// SHA-256 of all entries one after another, without lengths between them: a header's `dataHash`.
    package var hash: Digest { Digest(ofAll: entries) }
}
