package import FabricTypes

/// The two numbers of an ECDSA signature, each positive and without leading zero bytes.
package struct ECDSASignature: Hashable, Sendable {
    package let r: Bytes
    package let s: Bytes

    /// Reads a signature as Go's Fabric does: a SEQUENCE of two minimal, positive INTEGERs. Bytes after the SEQUENCE,
    /// and values behind the two numbers within it, are ignored.
    package init(derEncoded bytes: Bytes) throws(DERError) {
        var outer = DERReader(bytes)
        var numbers = DERReader(try outer.read(.sequence))
        r = try Self.positiveInteger(&numbers)
        s = try Self.positiveInteger(&numbers)
    }

    /// Reads a signature as Go's X.509 does: as above, and nothing may follow.
    package init(strictlyDEREncoded bytes: Bytes) throws(DERError) {
        try self.init(derEncoded: bytes)
        guard derRepresentation == bytes else { throw DERError(.trailingBytes, offset: 0) }
    }

    /// Splits the two halves of a raw signature.
    package init?(rawRepresentation: Bytes) {
        guard rawRepresentation.count % 2 == 0 else { return nil }
        let middle = rawRepresentation.count / 2
        let r = rawRepresentation[0..<middle].drop { $0 == 0 }
        let s = rawRepresentation[middle..<rawRepresentation.count].drop { $0 == 0 }
        guard !r.isEmpty, !s.isEmpty else { return nil }
        self.r = Bytes(r)
        self.s = Bytes(s)
    }

    private init(r: Bytes, s: Bytes) {
        self.r = r
        self.s = s
    }

    /// Both numbers at the curve's width, r first; nil if one does not fit, which no valid signature does.
    package func rawRepresentation(for curve: EllipticCurve) -> [UInt8]? {
        guard r.count <= curve.byteCount, s.count <= curve.byteCount else { return nil }
        var raw = [UInt8](repeating: 0, count: curve.byteCount - r.count)
        raw.reserveCapacity(2 * curve.byteCount)
        raw.append(contentsOf: r)
        raw.append(contentsOf: repeatElement(0, count: curve.byteCount - s.count))
        raw.append(contentsOf: s)
        return raw
    }

    package var derRepresentation: Bytes {
        Bytes(DERWriter.element(.sequence, DERWriter.unsignedInteger(r) + DERWriter.unsignedInteger(s)))
    }

    /// Whether s is at most half the curve's order, the one of two equivalent values that Fabric accepts.
    package func hasLowS(on curve: EllipticCurve) -> Bool {
        let half = curve.halfOrder
        // Neither number begins with a zero byte.
        guard s.count == half.count else { return s.count < half.count }
        return !half.lexicographicallyPrecedes(s)
    }

    /// The equivalent signature with low s; nil if s is not below the curve's order, which no valid signature's is.
    package func withLowS(on curve: EllipticCurve) -> ECDSASignature? {
        if hasLowS(on: curve) { return self }
        let order = curve.order
        guard s.count <= order.count else { return nil }
        let padded = [UInt8](repeating: 0, count: order.count - s.count) + s
        guard padded.lexicographicallyPrecedes(order) else { return nil }
        var difference = [UInt8](repeating: 0, count: order.count)
        var borrow = 0
        for index in order.indices.reversed() {
            let digit = Int(order[index]) - Int(padded[index]) - borrow
            borrow = digit < 0 ? 1 : 0
            difference[index] = UInt8(truncatingIfNeeded: digit)
        }
        return ECDSASignature(r: r, s: Bytes(difference.drop { $0 == 0 }))
    }

    private static func positiveInteger(_ reader: inout DERReader) throws(DERError) -> Bytes {
        let start = reader.position
        let content = try reader.readInteger()
        guard content[0] < 0x80, content != [0] else { throw DERError(.invalidInteger, offset: start) }
        return content[0] == 0 ? content[1..<content.count] : content
    }
}
