internal import FabricTypes
internal import Membership

/// Somebody in a test without cryptography.
struct FakePerson: Hashable, Sendable {
    let mspID: MSPID
    /// Two people with one name in one organisation are one identity.
    let name: String
    let role: MSPRole.Role
    var isValid = true
    /// Tells apart spellings of one identity.
    var spelling = ""

    var serialized: Bytes {
        SerializedIdentity(mspID: mspID, idBytes: Bytes(name + spelling)).encoded()
    }

    var identifier: IdentityIdentifier {
        IdentityIdentifier(mspID: mspID, certificateDigest: Digest(of: Bytes(name)))
    }

    /// "Signs" by hashing name and message.
    func sign(_ message: [Bytes]) -> Bytes {
        Digest(ofAll: [Bytes("\(mspID)/\(name):")] + message).bytes
    }

    func claim(_ message: Bytes..., isRight: Bool = true) -> SignedData {
        SignedData(
            identity: serialized, message: message, signature: isRight ? sign(message) : Bytes("wrong signature"))
    }
}

/// An ``IdentityResolver`` over a list of people.
struct FakeOrganizations: IdentityResolver {
    private let bySerialized: [Bytes: FakePerson]
    private let byIdentifier: [IdentityIdentifier: FakePerson]

    init(_ people: [FakePerson]) {
        bySerialized = Dictionary(people.map { ($0.serialized, $0) }) { first, _ in first }
        byIdentifier = Dictionary(people.map { ($0.identifier, $0) }) { first, _ in first }
    }

    func identity(_ serialized: Bytes) throws(IdentityError) -> Identity {
        guard let person = bySerialized[serialized] else {
            throw IdentityError(.malformed, "Nobody has this identity.")
        }
        return Identity(identifier: person.identifier)
    }

    func validate(_ identity: Identity) throws(IdentityError) {
        guard byIdentifier[identity.identifier]?.isValid == true else {
            throw IdentityError(.untrusted, "The identity is not valid.")
        }
    }

    func satisfies(_ identity: Identity, _ principal: MSPPrincipal) -> Bool {
        guard let person = byIdentifier[identity.identifier], person.isValid else { return false }
        switch principal.classification {
        case MSPPrincipal.Classification.role:
            guard let (mspID, role) = principal.role, mspID == person.mspID else { return false }
            return role == .member || role == person.role
        case MSPPrincipal.Classification.identity:
            return bySerialized[principal.principal]?.identifier == identity.identifier
        default:
            return false
        }
    }

    func isSignature(_ signature: Bytes, of message: [Bytes], by identity: Identity) -> Bool {
        signature == byIdentifier[identity.identifier]?.sign(message)
    }
}

extension MSPID {
    init(_ text: String) {
        self.init(unchecked: Bytes(text))
    }
}

/// A client, peer and so on of an organisation: `.peer("A")`, `.admin("B", "second")`.
extension FakePerson {
    static func client(_ organization: String, _ name: String = "client") -> FakePerson {
        FakePerson(mspID: MSPID(organization), name: name, role: .client)
    }

    static func peer(_ organization: String, _ name: String = "peer") -> FakePerson {
        FakePerson(mspID: MSPID(organization), name: name, role: .peer)
    }

    static func admin(_ organization: String, _ name: String = "admin") -> FakePerson {
        FakePerson(mspID: MSPID(organization), name: name, role: .admin)
    }

    static func orderer(_ organization: String, _ name: String = "orderer") -> FakePerson {
        FakePerson(mspID: MSPID(organization), name: name, role: .orderer)
    }
}
