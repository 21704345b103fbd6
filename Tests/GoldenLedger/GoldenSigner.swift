internal import Crypto
package import FabricTypes
internal import Foundation
internal import Membership

/// An identity of the recorded network together with its key, to make further messages with.
package struct GoldenSigner: Sendable {
    private enum Key: Sendable {
        case p256(P256.Signing.PrivateKey)
        case p384(P384.Signing.PrivateKey)
    }

    package let mspID: MSPID
    /// The encoded ``SerializedIdentity``.
    package let identity: Bytes
    private let key: Key

    package init(mspID: String, certificate: String, key: String) throws {
        self.mspID = try MSPID(validating: mspID)
        identity = SerializedIdentity(mspID: self.mspID, idBytes: Bytes(certificate)).encoded()
        if let key = try? P256.Signing.PrivateKey(pemRepresentation: key) {
            self.key = .p256(key)
        } else {
            self.key = .p384(try P384.Signing.PrivateKey(pemRepresentation: key))
        }
    }

    /// The DER signature with low s over the parts read as one run of bytes, as Fabric makes it for every curve: over
    /// their SHA-256.
    package func sign(_ parts: Bytes...) throws -> Bytes {
        let digest = SHA256.hash(data: Bytes(joining: parts).array)
        let (raw, curve): (Data, EllipticCurve) =
            switch key {
            case .p256(let key): (try key.signature(for: digest).rawRepresentation, .p256)
            case .p384(let key): (try key.signature(for: digest).rawRepresentation, .p384)
            }
        guard let low = ECDSASignature(rawRepresentation: Bytes([UInt8](raw)))?.withLowS(on: curve) else {
            throw CryptoKitError.incorrectParameterSize
        }
        return low.derRepresentation
    }
}

extension GoldenSigner {
    // Who appears in the recording, in cryptogen's folders.

    package static func peer(_ name: String) throws -> GoldenSigner {
        try member("peers/\(name)", of: name)
    }

    package static func user(_ name: String) throws -> GoldenSigner {
        try member("users/\(name)", of: name)
    }

    package static func orderer(
        _ name: String = "orderer0.harbor.example", in files: GoldenFiles = .trade
    ) throws -> GoldenSigner {
        try load("crypto/ordererOrganizations/harbor.example/orderers/\(name)/msp", mspID: "HarborMSP", in: files)
    }

    /// One of the identities made by hand, such as `p384@alder.example`.
    package static func extra(_ name: String, in files: GoldenFiles = .trade) throws -> GoldenSigner {
        try GoldenSigner(
            mspID: mspID(ofDomain: domain(of: name)), certificate: files.text("crypto/extra/\(name)/cert.pem"),
            key: files.text("crypto/extra/\(name)/key.pem"))
    }

    private static func member(_ path: String, of name: String, in files: GoldenFiles = .trade) throws -> GoldenSigner {
        let domain = domain(of: name)
        return try load(
            "crypto/peerOrganizations/\(domain)/\(path)/msp", mspID: mspID(ofDomain: domain), in: files)
    }

    private static func load(_ folder: String, mspID: String, in files: GoldenFiles) throws -> GoldenSigner {
        let certificates = try files.names(in: "\(folder)/signcerts")
        return try GoldenSigner(
            mspID: mspID, certificate: files.text("\(folder)/signcerts/\(certificates[0])"),
            key: files.text("\(folder)/keystore/priv_sk"))
    }

    /// `peer0.alder.example` and `User1@alder.example` are of `alder.example`.
    private static func domain(of name: String) -> String {
        name.split(separator: "@").last.map(String.init).flatMap { rest in
            rest == name ? name.split(separator: ".").dropFirst().joined(separator: ".") : rest
        } ?? name
    }

    private static func mspID(ofDomain domain: String) -> String {
        (domain.split(separator: ".").first?.capitalized ?? "") + "MSP"
    }
}
