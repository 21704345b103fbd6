import FabricTypes
import Membership
import Testing

@Suite("MSP principals")
struct MSPPrincipalTests {
    static let name = TestOrganization.name
    static let other = MSPID(unchecked: Bytes("OtherMSP"))

    let root: CertificateIssuer
    let organization: TestOrganization

    init() throws {
        root = try CertificateIssuer.root()
        organization = TestOrganization(roots: [root.certificate])
    }

    private func satisfies(
        _ certificate: Certificate, _ principal: MSPPrincipal, _ version: MSPVersion = .v143,
        in organization: TestOrganization? = nil
    ) throws -> Bool {
        let msps = try (organization ?? self.organization).msps(version)
        let identity = try msps.identity(TestOrganization.serialized(certificate.pemText))
        let answer = msps.satisfies(identity, principal)
        // A remembered answer is the same.
        #expect(msps.satisfies(identity, principal) == answer)
        return answer
    }

    private func role(_ role: MSPRole.Role, of name: MSPID = name) -> MSPPrincipal {
        MSPPrincipal(MSPRole(role, of: name))
    }

    // MARK: - Roles

    @Test(
        "roles by unit",
        arguments: [
            ("client", [MSPRole.Role.member, .client]), ("peer", [.member, .peer]), ("admin", [.member, .admin]),
            ("orderer", [.member, .orderer]), ("sales", []),
        ])
    func roles(unit: String, expected: [MSPRole.Role]) throws {
        let identity = try root.identity(units: [unit])
        #expect(try MSPRole.Role.allCases.filter { try satisfies(identity, role($0)) } == expected)
        for role in MSPRole.Role.allCases {
            #expect(try !satisfies(identity, self.role(role, of: Self.other)))
        }
    }

    @Test("older versions know fewer roles")
    func olderRoles() throws {
        let orderer = try root.identity(units: ["orderer", "client"])
        var organization = organization
        organization.config.nodeOUs?.orderer = nil
        #expect(try satisfies(orderer, role(.client), .v13, in: organization))
        #expect(try !satisfies(orderer, role(.orderer), .v13, in: organization))
        let admin = try root.identity(units: ["admin", "client"])
        #expect(try !satisfies(admin, role(.admin), .v13))
        organization.config.nodeOUs = nil
        organization.config.admins = [admin.pemText]
        #expect(try satisfies(admin, role(.admin), .v10, in: organization))
        #expect(try !satisfies(admin, role(.client), .v10, in: organization))
    }

    @Test("an explicit admin is one, with and without units")
    func explicitAdmins() throws {
        let admin = try root.identity()
        var organization = organization
        organization.config.admins = [admin.pemText]
        #expect(try satisfies(admin, role(.admin), in: organization))
        #expect(try !satisfies(root.identity(), role(.admin), in: organization))
        organization.config.nodeOUs = nil
        #expect(try satisfies(admin, role(.admin), in: organization))
        #expect(try !satisfies(root.identity(units: ["admin"]), role(.admin), in: organization))
        #expect(try !satisfies(admin, role(.client), in: organization))
        #expect(try satisfies(admin, role(.member), in: organization))
    }

    @Test("a role nobody has heard of is nobody's")
    func unknownRole() throws {
        var unknown = MSPRole(.member, of: Self.name)
        unknown.roleNumber = 5
        #expect(try !satisfies(root.identity(), MSPPrincipal(unknown)))
        let garbage = MSPPrincipal(classification: MSPPrincipal.Classification.role, principal: [0xFF])
        #expect(try !satisfies(root.identity(), garbage))
    }

    // MARK: - Others

    @Test("a unit counts under the authorities that the principal names")
    func organizationUnit() throws {
        func unit(_ unit: String, _ certifiers: Bytes, of name: MSPID = Self.name) -> MSPPrincipal {
            let unit = OrganizationUnit(
                mspID: name, organizationalUnitIdentifier: Bytes(unit), certifiersIdentifier: certifiers)
            return MSPPrincipal(
                classification: MSPPrincipal.Classification.organizationUnit, principal: unit.encoded())
        }
        let middle = try root.intermediate()
        let chain = Digest(of: middle.certificate.encoded, root.certificate.encoded).bytes
        let organization = TestOrganization(roots: [root.certificate], intermediates: [middle.certificate])
        let identity = try middle.identity(units: ["sales", "client"])
        #expect(try satisfies(identity, unit("sales", chain), in: organization))
        #expect(try satisfies(identity, unit("client", chain), in: organization))
        #expect(try !satisfies(identity, unit("research", chain), in: organization))
        #expect(try !satisfies(identity, unit("sales", Digest(of: root.certificate.encoded).bytes), in: organization))
        #expect(try !satisfies(identity, unit("sales", Bytes()), in: organization))
        #expect(try !satisfies(identity, unit("sales", chain, of: Self.other), in: organization))
        // Who is not valid has no units.
        let nobody = try middle.identity(units: ["sales"])
        #expect(try !satisfies(nobody, unit("sales", chain), in: organization))
    }

    @Test("a principal may be one identity, in whatever spelling")
    func identity() throws {
        let somebody = try root.identity()
        func principal(_ pemText: Bytes, of name: MSPID = Self.name) -> MSPPrincipal {
            MSPPrincipal(SerializedIdentity(mspID: name, idBytes: pemText))
        }
        #expect(try satisfies(somebody, principal(somebody.pemText)))
        #expect(try satisfies(somebody, principal(Bytes(Array("note\n".utf8) + somebody.pemText.array))))
        #expect(try satisfies(somebody, principal(try somebody.withHighS().pemText)))
        #expect(try !satisfies(somebody, principal(root.identity().pemText)))
        #expect(try !satisfies(somebody, principal(somebody.pemText, of: Self.other)))
        let nobody = try root.identity(units: [])
        #expect(try !satisfies(nobody, principal(nobody.pemText)))
    }

    @Test("everybody is nominal, nobody is anonymous")
    func anonymity() throws {
        func principal(_ type: Int32) -> MSPPrincipal {
            MSPPrincipal(
                classification: MSPPrincipal.Classification.anonymity,
                principal: MSPIdentityAnonymity(anonymityType: type).encoded())
        }
        // As with Fabric, validity is not asked for.
        #expect(try satisfies(root.identity(units: []), principal(MSPIdentityAnonymity.nominal)))
        #expect(try !satisfies(root.identity(), principal(MSPIdentityAnonymity.anonymous)))
        #expect(try !satisfies(root.identity(), principal(2)))
        #expect(try !satisfies(root.identity(), principal(MSPIdentityAnonymity.nominal), .v11))
    }

    @Test("combined principals must all be satisfied, however nested")
    func combined() throws {
        func all(_ principals: MSPPrincipal...) -> MSPPrincipal {
            MSPPrincipal(
                classification: MSPPrincipal.Classification.combined,
                principal: CombinedPrincipal(principals: principals).encoded())
        }
        let client = try root.identity()
        #expect(try satisfies(client, all(role(.member), role(.client))))
        #expect(try satisfies(client, all(role(.member), all(all(role(.client)), role(.member)))))
        #expect(try !satisfies(client, all(role(.member), role(.peer))))
        #expect(try !satisfies(client, all(role(.member), all(role(.client), role(.peer)))))
        #expect(try !satisfies(client, all()))
        #expect(try !satisfies(client, all(role(.member), all())))
        #expect(try !satisfies(client, all(role(.member)), .v11))
    }

    @Test("nesting without end is refused in time")
    func endlessNesting() throws {
        var principal = role(.member)
        for _ in 0..<3_000 {
            let combined = CombinedPrincipal(principals: [principal, principal])
            guard combined.encoded().count < 100_000 else { break }
            principal = MSPPrincipal(
                classification: MSPPrincipal.Classification.combined, principal: combined.encoded())
        }
        #expect(try !satisfies(root.identity(), principal))
    }

    @Test("a classification nobody has heard of is satisfied by nobody", arguments: [-1, 5, 77])
    func unknownClassification(number: Int32) throws {
        let principal = MSPPrincipal(classification: number, principal: MSPRole(.member, of: Self.name).encoded())
        #expect(try !satisfies(root.identity(), principal))
    }
}
