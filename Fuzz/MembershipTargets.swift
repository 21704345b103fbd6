import FabricTypes
import Foundation
import GoldenLedger
import Membership

extension FuzzTarget {
    /// Text that may hold a certificate or a key.
    static let pem = FuzzTarget(name: "pem", seeds: recordedPEMTexts) { bytes in
        guard let block = PEMBlock.first(in: bytes) else { return }
        let encoded = Base64.encode(block.content)
        precondition(Base64.decode(Bytes(encoded)) == block.content, "base64 is read and written alike")
        _ = try? Certificate(derEncoded: block.content)
    }

    /// Certificates, of which every identity brings one.
    static let certificate = FuzzTarget(
        name: "certificate",
        seeds: { try recordedPEMTexts().compactMap { PEMBlock.first(in: $0) }.map(\.content) }
    ) { bytes in
        _ = try? Certificate(derEncoded: bytes)
        _ = try? Certificate(pemText: bytes)
    }

    /// Lists of revoked certificates, as organisations put them into the channel's configuration.
    static let revocationList = FuzzTarget(name: "crl", seeds: recordedRevocationLists) { bytes in
        guard let list = try? CertificateRevocationList(bytes) else { return }
        precondition(!list.toBeSigned.isEmpty, "a list has a signed part")
    }

    /// Signatures as anybody sends them.
    static let signature = FuzzTarget(name: "signature", seeds: recordedSignatures) { bytes in
        guard let signature = try? ECDSASignature(derEncoded: bytes) else {
            precondition((try? ECDSASignature(strictlyDEREncoded: bytes)) == nil, "the strict rule allows no more")
            return
        }
        let encoded = signature.derRepresentation
        precondition(
            (try? ECDSASignature(strictlyDEREncoded: encoded)) == signature, "a signature is read as it is written")
        for curve in [EllipticCurve.p256, .p384] {
            _ = signature.hasLowS(on: curve)
            guard let raw = signature.rawRepresentation(for: curve) else { continue }
            precondition(
                ECDSASignature(rawRepresentation: Bytes(raw)) == signature, "both forms hold the same two numbers")
        }
    }

    /// Signature policies and implicit ones as people write them.
    static let policy = FuzzTarget(
        name: "policy",
        seeds: {
            [
                "AND('Org1MSP.peer','Org2MSP.member')", "OutOf(2, 'A.admin', OR('B.client', 'C.orderer'), 'D.peer')",
                "ANY Readers", "MAJORITY Endorsement",
            ].map { Bytes($0) }
        }
    ) { bytes in
        let text = bytes.lossyText
        _ = try? ImplicitMetaPolicy(text: text)
        guard let policy = try? SignaturePolicyText.policy(text) else { return }
        guard let written = SignaturePolicyText.text(of: policy) else {
            preconditionFailure("what was read from a text has a text")
        }
        precondition(
            (try? SignaturePolicyText.policy(written)) == policy, "a policy is read as it is written: \(written)")
    }

    // MARK: - Seeds

    private static func recordedPEMTexts() throws -> [Bytes] {
        let folder = GoldenFiles.trade.url("crypto")
        return try FileManager.default.subpathsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".pem") }.sorted().prefix(40)
            .map { Bytes([UInt8](try Data(contentsOf: folder.appending(path: $0)))) }
    }

    private static func recordedRevocationLists() throws -> [Bytes] {
        let lists = try recordedConfigurations().flatMap { bytes -> [Bytes] in
            guard let group = try? ConfigEnvelope(decoding: bytes).config?.channelGroup else { return [] }
            return revocationLists(in: group)
        }
        return lists + lists.compactMap { PEMBlock.first(in: $0)?.content }
    }

    private static func revocationLists(in group: ConfigGroup) -> [Bytes] {
        let own = group.values[Bytes("MSP")].flatMap { value in
            try? FabricMSPConfig(decoding: MSPConfig(decoding: value.value).config).revocationLists
        }
        return (own ?? []) + group.groups.values.flatMap(revocationLists)
    }

    private static func recordedSignatures() throws -> [Bytes] {
        try recordedEnvelopes().prefix(100).compactMap { try? Envelope(decoding: $0).signature }
    }
}
