internal import FabricTypes
internal import Membership

/// Peers of organisations without cryptography: `A0` is the first peer of MSP `A`.
struct FakePeers: IdentityResolver {
    let names: [String]

    init(_ names: String...) {
        self.names = names
    }

    private init(_ names: [String]) {
        self.names = names
    }

    func adding(_ name: String) -> FakePeers { FakePeers(names + [name]) }

    var identities: [Identity] { names.map { Self.identity($0) } }

    static func identity(_ name: String) -> Identity {
        let mspID = MSPID(unchecked: Bytes(String(name.prefix(1))))
        return Identity(
            identifier: IdentityIdentifier(mspID: mspID, certificateDigest: Digest(of: Bytes(name))))
    }

    func identity(_ serialized: Bytes) throws(IdentityError) -> Identity {
        Self.identity(serialized.lossyText)
    }

    func validate(_ identity: Identity) throws(IdentityError) {}

    /// Peers are members and peers; a principal of the class of identities holds a peer's name.
    func satisfies(_ identity: Identity, _ principal: MSPPrincipal) -> Bool {
        if principal.classification == MSPPrincipal.Classification.identity {
            return Self.identity(principal.principal.lossyText) == identity
        }
        guard let role = try? MSPRole(decoding: principal.principal) else { return false }
        return role.mspIdentifier == identity.mspID.bytes && (role.role == .peer || role.role == .member)
    }

    func isSignature(_ signature: Bytes, of message: [Bytes], by identity: Identity) -> Bool { false }
}
