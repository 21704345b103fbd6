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
