internal import FabricTypes
internal import Membership
internal import Testing

@Suite("Policies of a channel")
struct PolicyManagerTests {
    static let message = Bytes("message")

    /// A tree of groups with texts for policies: those that begin with ANY, ALL or MAJORITY are implicit.
    static func group(_ policies: [String: String], _ groups: [String: ConfigGroup] = [:]) throws -> ConfigGroup {
        var group = ConfigGroup()
        for (name, text) in policies {
            let isImplicit = ["ANY ", "ALL ", "MAJORITY "].contains { text.hasPrefix($0) }
            let policy =
                try isImplicit ? Policy(ImplicitMetaPolicy(text: text)) : Policy(SignaturePolicyText.policy(text))
            group.policies[Bytes(name)] = ConfigPolicy(policy, modPolicy: Bytes("Admins"))
        }
        for (name, child) in groups { group.groups[Bytes(name)] = child }
        return group
    }

    static func organization(_ mspID: String) throws -> ConfigGroup {
        try group(["Admins": "OR('\(mspID).admin')", "Writers": "OR('\(mspID).admin', '\(mspID).client')"])
    }

    /// `Application` holds `organizations`; the top has ANY Writers over it.
    static func manager(
        _ application: [String: String], organizations: [String], people: [FakePerson] = []
    ) throws -> PolicyManager {
        let groups = try Dictionary(uniqueKeysWithValues: organizations.map { ($0, try organization($0)) })
        let root = try group(["Writers": "ANY Writers"], ["Application": group(application, groups)])
        return try PolicyManager(channelGroup: root, resolver: FakeOrganizations(people))
    }

    struct Threshold: CustomTestStringConvertible {
        let rule: String
        let organizationCount: Int
        let needed: Int

        var testDescription: String { "\(rule) of \(organizationCount) is \(needed)" }
    }

    @Test(
        "how many of how many are needed",
        arguments: [
            Threshold(rule: "ANY", organizationCount: 1, needed: 1),
            Threshold(rule: "ANY", organizationCount: 4, needed: 1),
            Threshold(rule: "ALL", organizationCount: 1, needed: 1),
            Threshold(rule: "ALL", organizationCount: 4, needed: 4),
            Threshold(rule: "MAJORITY", organizationCount: 1, needed: 1),
            Threshold(rule: "MAJORITY", organizationCount: 2, needed: 2),
            Threshold(rule: "MAJORITY", organizationCount: 3, needed: 2),
            Threshold(rule: "MAJORITY", organizationCount: 4, needed: 3),
            Threshold(rule: "MAJORITY", organizationCount: 5, needed: 3),
        ])
    func thresholds(example: Threshold) throws {
        let organizations = (0..<example.organizationCount).map { "Org\($0)" }
        let people = organizations.map { FakePerson.admin($0) }
        let manager = try Self.manager(
            ["Admins": "\(example.rule) Admins"], organizations: organizations, people: people)

        for count in 0...example.organizationCount {
            let signers = manager.verify(people.prefix(count).map { $0.claim(Self.message) })
            #expect(manager[.applicationAdmins].isSatisfied(by: signers) == (count >= example.needed))
        }
        #expect(manager[.applicationAdmins].implicitMeta?.threshold == example.needed)
    }

    @Test("with no groups below nothing is demanded", arguments: ["ANY", "ALL", "MAJORITY"])
    func noGroups(rule: String) throws {
        let manager = try Self.manager(["Admins": "\(rule) Admins"], organizations: [])

        #expect(manager[.applicationAdmins].isSatisfied(by: manager.verify([])))
    }

    @Test("groups that lack the policy count and never agree")
    func missingSubPolicies() throws {
        let people = [FakePerson.admin("A"), .admin("B")]
        var root = try Self.group(
            [:],
            [
                "Application": Self.group(
                    ["Admins": "MAJORITY Admins"], ["A": Self.organization("A"), "B": Self.organization("B")])
            ])
        root.groups[ConfigKey.application]?.groups[Bytes("C")] = ConfigGroup()
        root.groups[ConfigKey.application]?.groups[Bytes("D")] = ConfigGroup()
        let manager = try PolicyManager(channelGroup: root, resolver: FakeOrganizations(people))

        let error = try #require(throws: PolicyError.self) {
            try manager.check(.applicationAdmins, people.map { $0.claim(Self.message) })
        }

        #expect(error.code == .notSatisfied)
        #expect(
            error.message
                == "/Channel/Application/Admins is not satisfied: it needs 3 of 4 (MAJORITY), has 2, lacks "
                + "/Channel/Application/C/Admins (which does not exist), "
                + "/Channel/Application/D/Admins (which does not exist); signatures counted: A, B.")
        root.groups[ConfigKey.application]?.groups[Bytes("D")] = nil
        let smaller = try PolicyManager(channelGroup: root, resolver: FakeOrganizations(people))
        #expect(throws: Never.self) {
            try smaller.check(.applicationAdmins, people.map { $0.claim(Self.message) })
        }
    }

    @Test("implicit policies stand on implicit policies")
    func nestedImplicit() throws {
        let manager = try Self.manager(
            ["Writers": "ANY Writers"], organizations: ["A", "B"], people: [.client("B"), .peer("A")])

        #expect(throws: Never.self) { try manager.check(.channelWriters, [FakePerson.client("B").claim(Self.message)]) }
        let error = try #require(throws: PolicyError.self) {
            try manager.check(.channelWriters, [FakePerson.peer("A").claim(Self.message)])
        }
        #expect(error.missingOrganizations == [MSPID("A"), MSPID("B")])
    }

    @Test("the same signer may count for several groups")
    func signerCountsInEveryGroup() throws {
        let root = try Self.group(
            [:],
            [
                "Application": Self.group(
                    ["Admins": "ALL Admins"], ["First": Self.organization("A"), "Second": Self.organization("A")])
            ])
        let manager = try PolicyManager(channelGroup: root, resolver: FakeOrganizations([.admin("A")]))

        #expect(throws: Never.self) {
            try manager.check(.applicationAdmins, [FakePerson.admin("A").claim(Self.message)])
        }
    }

    @Test("paths: absolute from the root, relative below a group")
    func paths() throws {
        let manager = try Self.manager(["Admins": "ANY Admins"], organizations: ["A"])
        func name(_ path: String, in group: String) -> String? {
            manager.policy(Bytes(path), relativeTo: Bytes(group))?.name
        }

        #expect(manager[Bytes("/Channel/Application/A/Writers")].name == "/Channel/Application/A/Writers")
        #expect(manager[Bytes("Application/A/Writers")].name == "/Channel/Application/A/Writers")
        #expect(name("Writers", in: "") == "/Channel/Writers")
        #expect(name("Writers", in: "Application/A") == "/Channel/Application/A/Writers")
        #expect(name("A/Writers", in: "Application") == "/Channel/Application/A/Writers")
        #expect(name("/Channel/Writers", in: "Application/A") == "/Channel/Writers")
        #expect(name("Writers", in: "Application/B") == nil)
        #expect(name("Endorsement", in: "Application/A") == nil)
        #expect(name("", in: "") == nil)
        for path in ["/Channel", "/", "/Channel/", "/Other/Writers", "/Channel/Application", "Channel/Writers", ""] {
            #expect(!manager[Bytes(path)].exists, "\(path)")
        }
    }

    @Test("an unknown policy refuses everybody and says that it does not exist")
    func unknownPolicy() throws {
        let manager = try Self.manager(["Admins": "ANY Admins"], organizations: ["A"], people: [.admin("A")])

        let error = try #require(throws: PolicyError.self) {
            try manager.check(.endorsement, [FakePerson.admin("A").claim(Self.message)])
        }

        #expect(error.code == .unknownPolicy)
        #expect(error.message == "There is no policy /Channel/Application/Endorsement, so nobody satisfies it.")
    }

    @Test("a policy that does not compile is refused with its path")
    func malformed() throws {
        var unknownType = Policy()
        unknownType.type = 2
        var unknownRule = ImplicitMetaPolicy(.any, of: Bytes("Admins"))
        unknownRule.ruleNumber = 3
        var undecodable = Policy()
        undecodable.type = Policy.Kind.signature
        undecodable.value = Bytes([0xFF])
        var version = try SignaturePolicyText.policy("OR('A.peer')")
        version.version = 1
        for policy in [
            nil, Policy(version), unknownType, Policy(unknownRule), Policy(SignaturePolicyEnvelope()), undecodable,
        ] {
            var root = try Self.group(["Writers": "ANY Writers"], ["Application": ConfigGroup()])
            var broken = ConfigPolicy()
            broken.policy = policy
            root.groups[ConfigKey.application]?.policies[Bytes("Readers")] = broken

            let error = try #require(throws: PolicyError.self) {
                try PolicyManager(channelGroup: root, resolver: FakeOrganizations([]))
            }

            #expect(error.code == .malformed)
            #expect(error.message.hasPrefix("Policy /Channel/Application/Readers is not valid: "))
        }
    }
}
