internal import FabricTypes
internal import Testing

@testable internal import Membership

@Suite("Access to a channel")
struct ChannelAccessTests {
    static let message = Bytes("proposal")

    static func configuration(_ acls: [AccessResource: String] = [:]) throws -> ChannelConfiguration {
        var description = try TestChannel.description()
        description.acls = acls.mapValues { PolicyPath($0) }
        return try TestChannel.configuration(description.config.channelGroup ?? ConfigGroup())
    }

    @Test("the standard rules")
    func standardRules() throws {
        let configuration = try Self.configuration()

        #expect(AccessRule.standard.count == 38)
        for (resource, rule) in [
            (AccessResource.installChaincode, AccessRule.local(.admin)),
            (.approveChaincodeDefinition, .local(.admin)),
            (.joinChain, .local(.admin)),
            (.getChannels, .local(.member)),
            (.submitSnapshotRequest, .local(.admin)),
            (.commitChaincodeDefinition, .channel(.applicationWriters)),
            (.propose, .channel(.applicationWriters)),
            (.getBlockByTransactionID, .channel(.applicationReaders)),
            (.getChannelConfig, .channel(.applicationReaders)),
            (.filteredBlockEvents, .channel(.applicationReaders)),
            (.commitStatus, .channel(.applicationReaders)),
        ] {
            #expect(configuration.accessRule(for: resource) == rule, "\(resource)")
        }
        #expect(configuration.accessRule(for: AccessResource(Bytes("qscc/Nothing"))) == nil)
    }

    @Test("who may propose and read by the standard rules")
    func standardAccess() throws {
        let configuration = try Self.configuration()
        func may(_ person: FakePerson, _ resource: AccessResource) -> Bool {
            (try? configuration.checkAccess(to: resource, [person.claim(Self.message)])) != nil
        }

        #expect(may(.client("A"), .propose))
        #expect(may(.admin("B"), .propose))
        #expect(!may(.peer("A"), .propose))
        #expect(may(.peer("A"), .blockEvents))
        #expect(!may(.client("D"), .blockEvents))
        #expect(!may(.orderer("H"), .blockEvents))
    }

    @Test("a channel sets policies by path or by name, and cannot touch local rules")
    func overrides() throws {
        let configuration = try Self.configuration([
            .getChainInfo: "Admins", .blockEvents: "/Channel/Application/B/Admins", .installChaincode: "Readers",
            .propose: "", AccessResource(Bytes("custom/Thing")): "Readers",
        ])

        #expect(configuration.accessRule(for: .getChainInfo) == .channel(.applicationAdmins))
        #expect(configuration.accessRule(for: .installChaincode) == .local(.admin))
        #expect(configuration.accessRule(for: .propose) == .channel(.applicationWriters))
        #expect(configuration.accessRule(for: AccessResource(Bytes("custom/Thing"))) == .channel(.applicationReaders))
        #expect(throws: Never.self) {
            try configuration.checkAccess(to: .blockEvents, [FakePerson.admin("B").claim(Self.message)])
        }
        let error = try #require(throws: PolicyError.self) {
            try configuration.checkAccess(to: .blockEvents, [FakePerson.admin("A").claim(Self.message)])
        }
        #expect(error.missing.map(\.description) == ["B.admin"])
        #expect(
            error.stockMessage
                == "failed evaluating policy on signed data during check policy [/Channel/Application/B/Admins]: "
                + "[signature set did not satisfy policy]")
    }

    @Test("an ACL that names no policy refuses everybody")
    func missingPolicy() throws {
        let configuration = try Self.configuration([.getChainInfo: "Nobody"])

        let error = try #require(throws: PolicyError.self) {
            try configuration.checkAccess(to: .getChainInfo, [FakePerson.admin("A").claim(Self.message)])
        }
        #expect(error.code == .unknownPolicy)
        #expect(error.message.contains("/Channel/Application/Nobody"))
    }

    @Test("a channel has no say over local rules and unknown resources")
    func noRule() throws {
        let configuration = try Self.configuration()
        for resource in [AccessResource.installChaincode, AccessResource(Bytes("qscc/Nothing"))] {
            let error = try #require(throws: PolicyError.self) {
                try configuration.checkAccess(to: resource, [FakePerson.admin("A").claim(Self.message)])
            }
            #expect(error.code == .unknownPolicy)
            #expect(error.stockMessage == "Unmapped policy for \(resource)")
        }
    }

    @Test("a local rule is a policy over the node's own organisation")
    func localRule() throws {
        let policy = try ChannelPolicy(localRole: .admin, of: MSPID("A"))
        func isSatisfied(by person: FakePerson) -> Bool {
            policy.isSatisfied(
                by: VerifiedSigners([person.claim(Self.message)], resolver: FakeOrganizations(TestChannel.people)))
        }

        #expect(isSatisfied(by: .admin("A")))
        #expect(!isSatisfied(by: .client("A")))
        #expect(!isSatisfied(by: .admin("B")))
    }
}
