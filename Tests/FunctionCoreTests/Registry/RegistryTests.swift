import FunctionCore
import FunctionTypes
import Synchronization
import Testing

func makeOccasion(_ seconds: Int64 = 1000) -> Registry.Occasion {
    let counter = Atomic(0)
    return Registry.Occasion(now: Timestamp(seconds: seconds)) {
        "id\(counter.add(1, ordering: .relaxed).newValue)"
    }
}

struct World {
    let organization: OrganizationName
    let service: ServiceName
    let id: FunctionID
    var registry = Registry()
    let occasion = makeOccasion()

    init() throws {
        organization = try OrganizationName(validating: "Org1MSP")
        service = try ServiceName(validating: "s")
        id = FunctionID(organization: organization, service: service, function: try FunctionName(validating: "f"))
    }

    static func makeFunction(digest: String = "d1") -> FunctionConfiguration {
        var configuration = FunctionConfiguration(runtime: "nodejs20", handler: "index.handler")
        configuration.code = CodeReference(digest: digest, byteCount: 10, checksum: "1")
        return configuration
    }

    mutating func fill() throws {
        _ = try registry.createService(organization, service, ServiceConfiguration(), occasion)
        _ = try registry.createFunction(id, Self.makeFunction(), occasion)
    }
}

func code(_ body: () throws -> Void) -> FunctionError.Code? {
    do {
        try body()
        return nil
    } catch let error as FunctionError {
        return error.code
    } catch {
        return nil
    }
}

@Suite("Registry")
struct RegistryTests {
    @Test("what is absent is named by its own code")
    func notFound() throws {
        var world = try World()
        #expect(code { _ = try world.registry.service(world.organization, world.service) } == .serviceNotFound)
        #expect(code { _ = try world.registry.function(world.id) } == .serviceNotFound)
        _ = try world.registry.createService(world.organization, world.service, ServiceConfiguration(), world.occasion)
        #expect(code { _ = try world.registry.function(world.id) } == .functionNotFound)
        _ = try world.registry.createFunction(world.id, World.makeFunction(), world.occasion)
        let name = try TriggerName(validating: "t")
        #expect(code { _ = try world.registry.trigger(world.id, name) } == .triggerNotFound)
        #expect(code { _ = try world.registry.asyncConfiguration(FunctionTarget(world.id)) } == .asyncConfigNotExists)
    }

    @Test("a name is taken once, per organisation")
    func alreadyExists() throws {
        var world = try World()
        try world.fill()
        #expect(
            code { _ = try world.registry.createService(world.organization, world.service, .init(), world.occasion) }
                == .serviceAlreadyExists)
        #expect(
            code { _ = try world.registry.createFunction(world.id, World.makeFunction(), world.occasion) }
                == .functionAlreadyExists)
        let other = try OrganizationName(validating: "Org2MSP")
        #expect(code { _ = try world.registry.createService(other, world.service, .init(), world.occasion) } == nil)
    }

    @Test("an ETag changes with the thing and only then, and a stale one is refused")
    func entityTags() throws {
        var world = try World()
        try world.fill()
        let first = try world.registry.service(world.organization, world.service).stamp.entityTag
        _ = try world.registry.updateService(world.organization, world.service, ifMatch: first, world.occasion) {
            $0.description = nil
        }
        #expect(try world.registry.service(world.organization, world.service).stamp.entityTag == first)
        let second = try world.registry.updateService(world.organization, world.service, ifMatch: first, world.occasion)
        {
            $0.description = "new"
        }.stamp.entityTag
        #expect(second != first)
        #expect(
            code {
                _ = try world.registry.updateService(world.organization, world.service, ifMatch: first, world.occasion)
                {
                    $0.description = "newer"
                }
            } == .preconditionFailed)
        #expect(code { try world.registry.deleteFunction(world.id, ifMatch: "other") } == .preconditionFailed)
        #expect(code { try world.registry.deleteFunction(world.id, ifMatch: "*") } == nil)
    }

    @Test("what is not empty is not deleted")
    func notEmpty() throws {
        var world = try World()
        try world.fill()
        let name = try TriggerName(validating: "t")
        let timer = TriggerConfiguration(source: .timer(TimerTriggerConfiguration(cronExpression: "@every 5m")))
        _ = try world.registry.createTrigger(world.id, name, timer, world.occasion)
        #expect(code { try world.registry.deleteService(world.organization, world.service) } == .serviceNotEmpty)
        #expect(code { try world.registry.deleteFunction(world.id) } == .functionNotEmpty)
        try world.registry.deleteTrigger(world.id, name)
        try world.registry.deleteFunction(world.id)
        let version = try world.registry.publishVersion(
            world.organization, world.service, description: nil, world.occasion)
        #expect(code { try world.registry.deleteService(world.organization, world.service) } == .serviceNotEmpty)
        try world.registry.deleteVersion(world.organization, world.service, version.id)
        try world.registry.deleteService(world.organization, world.service)
        #expect(world.registry.services(of: world.organization).isEmpty)
    }

    @Test("an HTTP trigger stands alone")
    func exclusiveHTTP() throws {
        var world = try World()
        try world.fill()
        let http = TriggerConfiguration(source: .http(.init(authorization: .anonymous, methods: ["GET"])))
        let timer = TriggerConfiguration(source: .timer(.init(cronExpression: "@every 5m")))
        _ = try world.registry.createTrigger(world.id, try TriggerName(validating: "h"), http, world.occasion)
        let other = try TriggerName(validating: "t")
        #expect(
            code { _ = try world.registry.createTrigger(world.id, other, timer, world.occasion) } == .invalidArgument)
        #expect(
            code { _ = try world.registry.createTrigger(world.id, other, http, world.occasion) }
                == .triggerAlreadyExists)
        var wrong = timer
        wrong.source = .timer(.init(cronExpression: "nonsense"))
        #expect(
            code {
                _ = try world.registry.updateTrigger(world.id, try TriggerName(validating: "h"), world.occasion) {
                    $0 = wrong
                }
            } == .invalidArgument)
    }

    @Test("a version keeps what it was, rises by one, and needs a change")
    func versions() throws {
        var world = try World()
        try world.fill()
        let one = try world.registry.publishVersion(world.organization, world.service, description: "a", world.occasion)
        #expect(one.id == VersionID(1))
        #expect(
            code {
                _ = try world.registry.publishVersion(
                    world.organization, world.service, description: "b", world.occasion)
            } == .invalidArgument)
        _ = try world.registry.updateFunction(world.id, world.occasion) { $0.timeoutSeconds = 9 }
        let two = try world.registry.publishVersion(world.organization, world.service, description: nil, world.occasion)
        try world.registry.deleteVersion(world.organization, world.service, two.id)
        _ = try world.registry.updateFunction(world.id, world.occasion) { $0.timeoutSeconds = 10 }
        #expect(
            try world.registry.publishVersion(world.organization, world.service, description: nil, world.occasion).id
                == VersionID(3))
        let resolved = try world.registry.resolve(FunctionTarget(world.id, qualifier: .version(one.id)), draw: 0)
        #expect(resolved.configuration.timeoutSeconds == 3)
        #expect(try world.registry.resolve(FunctionTarget(world.id), draw: 0).configuration.timeoutSeconds == 10)
    }

    @Test("an alias splits calls by weight")
    func aliases() throws {
        var world = try World()
        try world.fill()
        let one = try world.registry.publishVersion(world.organization, world.service, description: nil, world.occasion)
            .id
        _ = try world.registry.updateFunction(world.id, world.occasion) { $0.timeoutSeconds = 9 }
        let two = try world.registry.publishVersion(world.organization, world.service, description: nil, world.occasion)
            .id
        let alias = try AliasName(validating: "prod")
        _ = try world.registry.createAlias(
            world.organization, world.service, alias,
            AliasConfiguration(version: one, additionalVersionWeights: [two: 0.25]),
            world.occasion)
        let target = FunctionTarget(world.id, qualifier: .alias(alias))
        #expect(try world.registry.resolve(target, draw: 0.2).version == two)
        #expect(try world.registry.resolve(target, draw: 0.3).version == one)
        #expect(code { try world.registry.deleteVersion(world.organization, world.service, two) } == .invalidArgument)
        for weights in [[one: 0.1], [two: 1.1], [two: -1]] as [[VersionID: Double]] {
            #expect(
                code {
                    _ = try world.registry.updateAlias(world.organization, world.service, alias, world.occasion) {
                        $0.additionalVersionWeights = weights
                    }
                } != nil)
        }
    }

    @Test("instances of an older state are no longer current")
    func revisions() throws {
        var world = try World()
        try world.fill()
        let before = try world.registry.resolve(FunctionTarget(world.id), draw: 0).instanceKey
        _ = try world.registry.updateFunction(world.id, world.occasion) { $0.description = "words only" }
        #expect(world.registry.isCurrent(before))
        _ = try world.registry.updateFunction(world.id, world.occasion) { $0.memoryMegabytes = 256 }
        #expect(!world.registry.isCurrent(before))
    }

    @Test("changes are told once and lead to the same registry")
    func changes() throws {
        var world = try World()
        try world.fill()
        let store = MemoryRegistryStore()
        store.commit(world.registry.takeChanges())
        #expect(world.registry.takeChanges().isEmpty)
        let loaded = store.load()
        let copy = Registry(services: loaded.services, domains: loaded.domains)
        #expect(copy.services(of: world.organization) == world.registry.services(of: world.organization))
    }

    @Test("lists are paged by name")
    func paging() {
        let names = ["a1", "a2", "b1", "b2", "b3"]
        let first = ResourcePage(of: names, prefix: "b", limit: 2) { $0 }
        #expect(first.elements == ["b1", "b2"])
        let second = ResourcePage(of: names, prefix: "b", startKey: "b9", nextToken: first.nextToken, limit: 2) { $0 }
        #expect(second.elements == ["b3"])
        #expect(second.nextToken == nil)
        #expect(ResourcePage(of: names, startKey: "a2", limit: 0) { $0 }.elements == ["a2"])
    }
}

@Suite("Deployment")
struct DeploymentTests {
    @Test("the same template again changes nothing")
    func idempotent() throws {
        let world = try World()
        var registry = Registry()
        let template = try parseTemplate(
            makeTemplate(
                events: "      Events:\n        t: { Type: Timer, Properties: { CronExpression: '@every 5m' } }"))
        let key = Deployment.CodeKey(service: world.id.service, function: world.id.function)
        let deployment = Deployment(
            template: template, organizations: [world.organization],
            codes: [key: CodeReference(digest: "d", byteCount: 1, checksum: "1")])
        let first = try deployment.apply(to: &registry, world.occasion)
        #expect(first.map(\.action) == [.create, .create, .create])
        _ = registry.takeChanges()
        var again = deployment
        again.codes = [key: CodeReference(digest: "d", byteCount: 1, checksum: "another archive")]
        #expect(try again.apply(to: &registry, world.occasion).map(\.action) == [.unchanged, .unchanged, .unchanged])
        #expect(registry.takeChanges().isEmpty)
        again.codes = [key: CodeReference(digest: "d2", byteCount: 2, checksum: "2")]
        let third = try again.apply(to: &registry, world.occasion)
        #expect(third[1].action == .update)
        #expect(third[1].details == ["code: another"])
    }

    @Test("a deployment that fails leaves the registry as it was")
    func atomic() throws {
        let world = try World()
        var registry = Registry()
        let template = try parseTemplate(makeTemplate())
        let deployment = Deployment(template: template, organizations: [world.organization], codes: [:])
        var copy = registry
        #expect(throws: FunctionError.self) { try deployment.apply(to: &copy, world.occasion) }
        #expect(registry.takeChanges().isEmpty)
        #expect(registry.services(of: world.organization).isEmpty)
    }

    @Test("one template goes into several organisations, and is taken out again")
    func organizations() throws {
        let world = try World()
        let other = try OrganizationName(validating: "Org2MSP")
        var registry = Registry()
        let template = try parseTemplate(makeTemplate())
        let key = Deployment.CodeKey(service: world.id.service, function: world.id.function)
        let deployment = Deployment(
            template: template, organizations: [world.organization, other],
            codes: [key: CodeReference(digest: "d", byteCount: 1, checksum: "1")])
        _ = try deployment.apply(to: &registry, world.occasion)
        #expect(registry.organizations == [world.organization, other])
        let plan = try Removal(template: template, organizations: [world.organization, other]).apply(to: &registry)
        #expect(plan.map(\.action) == [.remove, .remove, .remove, .remove])
        #expect(registry.organizations.isEmpty)
    }
}
