internal import FabricTypes
internal import GoldenLedger
internal import Testing

@testable internal import Membership

@Suite("Computing updates")
struct ConfigUpdateComputingTests {
    @Test("a changed value goes up alone; its group is only relied upon")
    func value() throws {
        let original = try TestChannel.standard().channelGroup
        var target = original
        target["Orderer"].set(ConfigKey.batchTimeout, BatchTimeout(timeout: "3s"))

        let update = try ConfigUpdate(channelID: try TestChannel.id.get(), from: original, to: target)

        var expected = ConfigGroup()
        expected["Orderer"] = ConfigGroup()
        #expect(update.readSet == expected)
        expected["Orderer"].values[ConfigKey.batchTimeout] = ConfigValue(
            version: 1, BatchTimeout(timeout: "3s"), modPolicy: ConfigKey.admins)
        #expect(update.writeSet == expected)
        #expect(update.channelID == Bytes("test"))
    }

    @Test("a group goes up when its members change, and then lists all that stays")
    func members() throws {
        var original = try TestChannel.standard().channelGroup
        original["Application"].version = 4
        original["Application/A"].version = 7
        var target = original
        target["Application"].groups[Bytes("C")] = nil

        let update = try ConfigUpdate(channelID: try TestChannel.id.get(), from: original, to: target)

        let (read, write) = (try #require(update.readSet)["Application"], try #require(update.writeSet)["Application"])
        #expect((read.version, write.version) == (4, 5))
        #expect(write.modPolicy == ConfigKey.admins)
        #expect(read.modPolicy.isEmpty)
        #expect(write.groups.keys.sorted() == [Bytes("A"), Bytes("B")])
        #expect(write.groups[Bytes("A")]?.version == 7)
        #expect(write.groups[Bytes("A")]?.policies.isEmpty == true)
        #expect(read.groups == write.groups)
        #expect(write.policies.count == 5)
        #expect(read.policies == write.policies)
        #expect(write.values[ConfigKey.capabilities] == ConfigValue())
        #expect(update.writeSet?.version == 0)
        #expect(update.writeSet?.policies.isEmpty == true)
    }

    @Test("something new begins at version 0, whatever its source says")
    func newElements() throws {
        let original = try TestChannel.standard().channelGroup
        var target = original
        var newcomer = original["Application/A"]
        newcomer.version = 9
        newcomer.policies[ConfigKey.readers]?.version = 3
        target["Application/D"] = newcomer

        let update = try ConfigUpdate(channelID: try TestChannel.id.get(), from: original, to: target)

        let written = try #require(update.writeSet?["Application/D"])
        #expect(written == newcomer.withoutVersions)
    }

    @Test("differences of versions alone are none")
    func versionsAlone() throws {
        let original = try TestChannel.standard().channelGroup
        var target = original
        target["Orderer"].version = 5
        target["Orderer"].values[ConfigKey.batchSize]?.version = 5

        let error = try #require(throws: ConfigError.self) {
            try ConfigUpdate(channelID: try TestChannel.id.get(), from: original, to: target)
        }
        #expect(error.code == .nothingChanges)
    }

    @Test("whatever changes between random trees, the update brings it about", arguments: Seeds.sample(300))
    func randomTrees(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let original = Self.tree(&random, depth: 3)
        var target = original
        for _ in 0..<Int.random(in: 1...5, using: &random) { Self.change(&target, &random) }
        guard target.withoutVersions != original.withoutVersions else { return }

        let update = try ConfigUpdate(channelID: try TestChannel.id.get(), from: original, to: target)
        let delta = try ConfigDelta(update, to: ConfigElements(original))
        let result = try delta.result()

        #expect(result.withoutVersions == target.withoutVersions, "seed \(seed)")
        for (id, element) in delta.changes {
            let expected = delta.existing(id).map { $0.version + 1 } ?? 0
            #expect(element.version == expected, "seed \(seed), \(id)")
        }
        // What has not changed keeps its version.
        let (before, after) = (try ConfigElements(original), try ConfigElements(result))
        let changed = Set(delta.changes.map(\.id))
        for (id, element) in after.table where !changed.contains(id) {
            #expect(element.version == before[id]?.version, "seed \(seed), \(id)")
        }
    }

    static let names = ["a", "b", "c"].map { Bytes($0) }
    static let modPolicies = ["Admins", "/Channel/Admins", "x"].map { Bytes($0) }

    static func tree(_ random: inout SeededGenerator, depth: Int) -> ConfigGroup {
        var group = ConfigGroup()
        group.version = UInt64.random(in: 0...5, using: &random)
        group.modPolicy = modPolicies.randomElement(using: &random) ?? Bytes()
        for name in names {
            if depth > 1, Bool.random(using: &random) { group.groups[name] = tree(&random, depth: depth - 1) }
            if Bool.random(using: &random) { group.values[name] = value(&random) }
            if Bool.random(using: &random) { group.policies[name] = policy(&random) }
        }
        return group
    }

    static func value(_ random: inout SeededGenerator) -> ConfigValue {
        var value = ConfigValue()
        value.version = UInt64.random(in: 0...5, using: &random)
        value.value = Bytes([UInt8.random(in: 0...3, using: &random)])
        value.modPolicy = modPolicies.randomElement(using: &random) ?? Bytes()
        return value
    }

    static func policy(_ random: inout SeededGenerator) -> ConfigPolicy {
        var policy = ConfigPolicy()
        policy.version = UInt64.random(in: 0...5, using: &random)
        policy.modPolicy = modPolicies.randomElement(using: &random) ?? Bytes()
        if Bool.random(using: &random) {
            policy.policy = Policy()
            policy.policy?.type = Int32.random(in: 0...3, using: &random)
        }
        return policy
    }

    /// One change somewhere in the tree.
    static func change(_ group: inout ConfigGroup, _ random: inout SeededGenerator) {
        guard let name = names.randomElement(using: &random) else { return }
        if var child = group.groups[name], Int.random(in: 0..<3, using: &random) > 0 {
            change(&child, &random)
            group.groups[name] = child
            return
        }
        switch Int.random(in: 0..<7, using: &random) {
        case 0: group.modPolicy = modPolicies.randomElement(using: &random) ?? Bytes()
        case 1: group.values[name] = value(&random)
        case 2: group.values[name] = nil
        case 3: group.policies[name] = policy(&random)
        case 4: group.policies[name] = nil
        case 5: group.groups[name] = tree(&random, depth: 2)
        default: group.groups[name] = nil
        }
    }

    @Test("mutated updates are judged or refused, never fatal", arguments: Seeds.sample(150))
    func mutated(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let configuration = try TestChannel.standard()
        var target = configuration.channelGroup
        target["Application/D"] = target["Application/A"]
        let update = try ConfigUpdate(
            channelID: try TestChannel.id.get(), from: configuration.channelGroup, to: target)
        let envelope = try TestChannel.envelope(update, signedBy: [.admin("A"), .admin("B")])
        let bytes = Bytes(random.mutated(envelope.array))

        // No mutation of signed bytes gets through; one of what nobody signed may.
        if let (envelope, next) = try? configuration.proposing(update: bytes) {
            #expect(next.channelGroup.withoutVersions == target.withoutVersions, "seed \(seed)")
            #expect(envelope.lastUpdate == bytes, "seed \(seed)")
        }
    }
}
