import FabricTypes
import Membership
import Testing

@Suite("ECDSA signatures")
struct ECDSASignatureTests {
    @Test(
        "read as Go reads them",
        arguments: [
            ("30 06 02 01 01 02 01 01", true),
            // Bytes behind the SEQUENCE, and values behind the two numbers.
            ("30 06 02 01 01 02 01 01 ff ff", true), ("30 09 02 01 01 02 01 01 02 01 01", true),
            ("30 08 02 02 00 80 02 02 00 ff", true),
            // Zero, negative, not minimal.
            ("30 06 02 01 00 02 01 01", false), ("30 06 02 01 01 02 01 00", false), ("30 06 02 01 80 02 01 01", false),
            ("30 06 02 01 01 02 01 ff", false), ("30 07 02 02 00 01 02 01 01", false),
            ("30 07 02 01 01 02 02 00 7f", false), ("30 05 02 00 02 01 01", false),
            // Lengths that are too long, indefinite, or wrong.
            ("30 81 06 02 01 01 02 01 01", false), ("30 80 02 01 01 02 01 01 00 00", false),
            ("30 07 02 01 01 02 01 01", false), ("30 05 02 01 01 02 01 01", false),
            // Other types.
            ("31 06 02 01 01 02 01 01", false), ("30 06 04 01 01 02 01 01", false), ("30 03 02 01 01", false),
            ("", false), ("30", false), ("30 00", false),
        ])
    func reading(hex: String, isGood: Bool) throws {
        let bytes = try #require(Bytes(hex: hex.replacing(" ", with: "")))
        #expect(((try? ECDSASignature(derEncoded: bytes)) != nil) == isGood)
    }

    @Test("in certificates nothing may follow")
    func strictReading() throws {
        let plain: Bytes = [0x30, 6, 2, 1, 1, 2, 1, 1]
        #expect(try ECDSASignature(strictlyDEREncoded: plain).derRepresentation == plain)
        #expect(throws: DERError.self) { try ECDSASignature(strictlyDEREncoded: Bytes(plain.array + [0])) }
        #expect(throws: DERError.self) { try ECDSASignature(strictlyDEREncoded: [0x30, 9, 2, 1, 1, 2, 1, 1, 2, 1, 1]) }
    }

    @Test("half orders are those of the curves")
    func halfOrders() {
        #expect(
            Bytes(EllipticCurve.p256.halfOrder).hex
                == "7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8")
        #expect(
            Bytes(EllipticCurve.p384.halfOrder).hex
                == "7fffffffffffffffffffffffffffffffffffffffffffffffe3b1a6c0fa1b96efac0d06d9245853bd76760cb5666294b9")
        #expect(EllipticCurve.p521.halfOrder.count == 65)
    }

    @Test(
        "half the order is low, one more is high, and the two forms belong together", arguments: EllipticCurve.allCases)
    func lowS(curve: EllipticCurve) throws {
        func signature(_ s: [UInt8]) throws -> ECDSASignature {
            let content = DERWriter.unsignedInteger([1]) + DERWriter.unsignedInteger(s)
            return try ECDSASignature(derEncoded: Bytes(DERWriter.element(.sequence, content)))
        }
        let half = try signature(curve.halfOrder)
        #expect(half.hasLowS(on: curve) && half.withLowS(on: curve) == half)
        var next = curve.halfOrder
        next[next.count - 1] += 1
        let high = try signature(next)
        #expect(!high.hasLowS(on: curve))
        // The order is odd: half of it and half of it plus one make it whole.
        #expect(high.withLowS(on: curve) == half)
        #expect(!(try signature(curve.order)).hasLowS(on: curve))
        #expect(try signature(curve.order).withLowS(on: curve) == nil)
        #expect(try signature([1]).hasLowS(on: curve))
        #expect(try signature([1] + [UInt8](repeating: 0, count: 80)).hasLowS(on: curve) == false)
    }

    @Test("a raw signature is as wide as the curve")
    func rawForm() throws {
        let signature = try ECDSASignature(derEncoded: [0x30, 6, 2, 1, 1, 2, 1, 2])
        let raw = try #require(signature.rawRepresentation(for: .p256))
        #expect(raw.count == 64 && raw[31] == 1 && raw[63] == 2)
        #expect(ECDSASignature(rawRepresentation: Bytes(raw)) == signature)
        #expect(ECDSASignature(rawRepresentation: Bytes([UInt8](repeating: 0, count: 64))) == nil)
        #expect(ECDSASignature(rawRepresentation: [1, 2, 3]) == nil)
        let wide = DERWriter.unsignedInteger([1]) + DERWriter.unsignedInteger([UInt8](repeating: 1, count: 33))
        let tooWide = try ECDSASignature(derEncoded: Bytes(DERWriter.element(.sequence, wide)))
        #expect(tooWide.rawRepresentation(for: .p256) == nil)
    }

    @Test("signatures of a message hold only in low form and for that message")
    func verification() throws {
        for algorithm in [PrivateKey.Algorithm.ecdsa(.p256), .ecdsa(.p384), .ecdsa(.p521)] {
            let key = PrivateKey(algorithm)
            guard case .ecdsa(let curve) = algorithm else { continue }
            for round in 0..<8 {
                let message = [Bytes("message \(round)")]
                let signature = try key.signature(for: message)
                func holds(_ signature: Bytes, _ message: [Bytes]) -> Bool {
                    SignatureVerifier(table: SignatureTable()).isSignature(signature, of: message, by: key.publicKey)
                }
                #expect(try ECDSASignature(derEncoded: signature).hasLowS(on: curve))
                #expect(holds(signature, message))
                #expect(holds(Bytes(signature.array + [1, 2, 3]), message))
                #expect(!holds(signature, [Bytes("message")]))
                #expect(!holds(try highForm(of: signature, curve), message))
                for index in signature.indices {
                    var changed = signature.array
                    changed[index] ^= 1
                    #expect(!holds(Bytes(changed), message), "\(algorithm), byte \(index)")
                }
            }
        }
    }

    private func highForm(of signature: Bytes, _ curve: EllipticCurve) throws -> Bytes {
        let low = try ECDSASignature(derEncoded: signature)
        // Mirrored twice: a signature of order minus s, read as if it were low.
        let s = [UInt8](repeating: 0, count: curve.byteCount - low.s.count) + low.s
        var high = [UInt8](repeating: 0, count: curve.byteCount)
        var borrow = 0
        for index in s.indices.reversed() {
            let digit = Int(curve.order[index]) - Int(s[index]) - borrow
            borrow = digit < 0 ? 1 : 0
            high[index] = UInt8(truncatingIfNeeded: digit)
        }
        return Bytes(
            DERWriter.element(.sequence, DERWriter.unsignedInteger(low.r) + DERWriter.unsignedInteger(high)))
    }
}
