extension Version {
    /// The form in which versions enter the commit hash: block and transaction, each as a count of bytes and then the
    /// number, big-endian without leading zeros.
    ///
    /// Source: Fabric's `version.Height.ToBytes` over `util.EncodeOrderPreservingVarUint64`.
    package var orderedBytes: Bytes {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(18)
        for number in [blockNumber, transactionIndex] {
            let byteCount = (64 - number.leadingZeroBitCount + 7) / 8
            bytes.append(UInt8(byteCount))
            for index in (0..<byteCount).reversed() {
                bytes.append(UInt8(truncatingIfNeeded: number >> UInt64(index * 8)))
            }
        }
        return Bytes(bytes)
    }
}

extension Version {
    /// Reads what ``orderedBytes`` writes; nil for anything else, also for numbers with leading zeros.
    package init?(orderedBytes bytes: Bytes) {
        var rest = bytes[0..<bytes.count]
        var numbers: [UInt64] = []
        for _ in 0..<2 {
            guard let byteCount = rest.first.map(Int.init), byteCount <= 8, rest.count > byteCount else { return nil }
            let digits = rest[1..<(1 + byteCount)]
            guard digits.first != 0 else { return nil }
            numbers.append(digits.reduce(0) { $0 << 8 | UInt64($1) })
            rest = rest[(1 + byteCount)..<rest.count]
        }
        guard rest.isEmpty else { return nil }
        self.init(blockNumber: numbers[0], transactionIndex: numbers[1])
    }
}
