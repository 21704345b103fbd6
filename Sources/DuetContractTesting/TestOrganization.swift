public import DuetContract
internal import Membership

/// An organisation that exists only for tests.
struct TestOrganization {
    /// When everything was made, in seconds since 1970-01-01 00:00 UTC: tests do not depend on the day they run.
    static let instant: Int64 = 1_700_000_000

    let mspID: String
    private let authority: DevelopmentAuthority

    init(mspID: String) throws {
        self.mspID = mspID
        authority = try DevelopmentAuthority(domain: "\(mspID).example.com", at: Self.instant)
    }

    var tlsCertificate: Bytes { authority.tls.certificate.pemText }

    /// The rules by which others judge the organisation's identities.
    func msp() throws -> FabricMSPConfig {
        let prefix = "msp/"
        let files = authority.organizationFiles().contents.filter { $0.key.hasPrefix(prefix) }
        let folder = MSPFolder(
            files: Dictionary(uniqueKeysWithValues: files.map { (String($0.key.dropFirst(prefix.count)), $0.value) }))
        return try folder.config(mspID: MSPID(validating: mspID)).config
    }

    func caller(_ name: String, attributes: [String: String]) throws -> TestCaller {
        let key = PrivateKey()
        let certificate = try authority.identity(
            name: "\(name)@\(authority.domain)", role: .client, attributes: attributes, key: key, at: Self.instant)
        return TestCaller(
            try SigningIdentity(mspID: MSPID(validating: mspID), certificate: certificate, key: key))
    }
}

/// Somebody who calls contracts in tests.
public struct TestCaller: Sendable {
    let identity: SigningIdentity

    init(_ identity: SigningIdentity) {
        self.identity = identity
    }

    public var mspID: String { identity.mspID.rawValue }

    /// The encoded `SerializedIdentity`, as a contract's stub gives it.
    public var creator: Bytes { identity.serialized }
}

/// A private data collection of the contracts under test.
public struct TestCollection: Sendable {
    public var name: String
    /// The MSP IDs of the organisations that hold its data.
    public var members: [String]
    public var isMemberOnlyRead: Bool
    public var isMemberOnlyWrite: Bool

    public init(
        _ name: String, members: [String], isMemberOnlyRead: Bool = false, isMemberOnlyWrite: Bool = false
    ) {
        self.name = name
        self.members = members
        self.isMemberOnlyRead = isMemberOnlyRead
        self.isMemberOnlyWrite = isMemberOnlyWrite
    }

    var config: StaticCollectionConfig {
        let rules = members.indices.map { SignaturePolicy.signedBy(Int32(truncatingIfNeeded: $0)) }
        let policy = SignaturePolicyEnvelope(
            rule: .nOutOf(1, rules),
            identities: members.map { MSPPrincipal(MSPRole(.member, of: MSPID(unchecked: Bytes($0)))) })
        return StaticCollectionConfig(
            name: Bytes(name), memberOrganizationsPolicy: policy, isMemberOnlyRead: isMemberOnlyRead,
            isMemberOnlyWrite: isMemberOnlyWrite)
    }
}
