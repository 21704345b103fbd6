package import FabricTypes

/// The NIST curves that identities may use.
package enum EllipticCurve: UInt8, Hashable, Sendable, CaseIterable {
    case p256
    case p384
    case p521

    /// Bytes of a coordinate, and of the group order.
    package var byteCount: Int {
        switch self {
        case .p256: 32
        case .p384: 48
        case .p521: 66
        }
    }

    /// The content of the curve's object identifier.
    package var objectIdentifier: Bytes {
        switch self {
        case .p256: ObjectIdentifiers.p256
        case .p384: ObjectIdentifiers.p384
        case .p521: ObjectIdentifiers.p521
        }
    }

    /// The number of points, big-endian. Source: FIPS 186-4, appendix D.1.2.
    package var order: [UInt8] {
        switch self {
        case .p256: Self.p256Order
        case .p384: Self.p384Order
        case .p521: Self.p521Order
        }
    }

    /// The order shifted right by one, without leading zero bytes: the largest s that is *low*.
    package var halfOrder: [UInt8] {
        switch self {
        case .p256: Self.p256HalfOrder
        case .p384: Self.p384HalfOrder
        case .p521: Self.p521HalfOrder
        }
    }

    private static let p256Order = bytes(
        0xFFFF_FFFF_0000_0000, 0xFFFF_FFFF_FFFF_FFFF, 0xBCE6_FAAD_A717_9E84, 0xF3B9_CAC2_FC63_2551)
    private static let p384Order = bytes(
        0xFFFF_FFFF_FFFF_FFFF, 0xFFFF_FFFF_FFFF_FFFF, 0xFFFF_FFFF_FFFF_FFFF, 0xC763_4D81_F437_2DDF,
        0x581A_0DB2_48B0_A77A, 0xECEC_196A_CCC5_2973)
    private static let p521Order =
        [0x01, 0xFF]
        + bytes(
            0xFFFF_FFFF_FFFF_FFFF, 0xFFFF_FFFF_FFFF_FFFF, 0xFFFF_FFFF_FFFF_FFFF, 0xFFFF_FFFF_FFFF_FFFA,
            0x5186_8783_BF2F_966B, 0x7FCC_0148_F709_A5D0, 0x3BB5_C9B8_899C_47AE, 0xBB6F_B71E_9138_6409)

    private static let p256HalfOrder = half(p256Order)
    private static let p384HalfOrder = half(p384Order)
    private static let p521HalfOrder = half(p521Order)

    private static func bytes(_ words: UInt64...) -> [UInt8] {
        words.flatMap { word in withUnsafeBytes(of: word.bigEndian) { Array($0) } }
    }

    private static func half(_ number: [UInt8]) -> [UInt8] {
        Array(zip([0] + number, number).map { higher, byte in higher << 7 | byte >> 1 }.drop { $0 == 0 })
    }
}
