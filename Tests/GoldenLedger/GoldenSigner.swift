package import FabricTypes
internal import Foundation
package import Membership

/// An identity of a recorded or made network together with its key, to make further messages with.
package struct GoldenSigner: Sendable {
    package let mspID: MSPID
    /// The encoded ``SerializedIdentity``.
    package let identity: Bytes
    private let key: PrivateKey

    /// - Parameter certificate: PEM text, taken as it is.
    package init(mspID: String, certificate: Bytes, key: PrivateKey) throws {
        self.mspID = try MSPID(validating: mspID)
        identity = SerializedIdentity(mspID: self.mspID, idBytes: certificate).encoded()
        self.key = key
    }

    /// The signature over the parts read as one run of bytes, as Fabric makes it.
    package func sign(_ parts: Bytes...) throws -> Bytes {
        try key.signature(for: parts)
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
            mspID: mspID(ofDomain: domain(of: name)), certificate: files.bytes("crypto/extra/\(name)/cert.pem"),
            key: PrivateKey(pemText: files.bytes("crypto/extra/\(name)/key.pem")))
    }

    private static func member(_ path: String, of name: String, in files: GoldenFiles = .trade) throws -> GoldenSigner {
        let domain = domain(of: name)
        return try load(
            "crypto/peerOrganizations/\(domain)/\(path)/msp", mspID: mspID(ofDomain: domain), in: files)
    }

    private static func load(_ folder: String, mspID: String, in files: GoldenFiles) throws -> GoldenSigner {
        let certificates = try files.names(in: "\(folder)/signcerts")
        return try GoldenSigner(
            mspID: mspID, certificate: files.bytes("\(folder)/signcerts/\(certificates[0])"),
            key: PrivateKey(pemText: files.bytes("\(folder)/keystore/priv_sk")))
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
