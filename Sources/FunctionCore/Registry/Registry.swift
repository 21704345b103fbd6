package import FunctionTypes

/// Every service, function, version, alias and trigger of a node, and the rules by which they change.
///
/// Pure: a change is made on a copy, stored, and only then put in place by the owner. The time and new ids come from outside.
package struct Registry: Sendable {
    /// What a change needs from the world.
    package struct Occasion: Sendable {
        package var now: Timestamp
        package var makeID: @Sendable () -> String

        package init(now: Timestamp, makeID: @escaping @Sendable () -> String) {
            self.now = now
            self.makeID = makeID
        }

        package func stamp() -> RecordStamp { RecordStamp(id: makeID(), now: now) }
    }

    /// Bounds on what one organisation may store.
    package struct Limits: Sendable {
        package var serviceCountMax = 1000
        package var functionCountMax = 1000
        package var triggerCountMax = 100
        package var versionCountMax = 1000
        package var aliasCountMax = 1000
        package var domainCountMax = 1000
        package var tagCountMax = 20

        package init() {}
    }

    package let limits: Limits
    /// What triggers other than HTTP and timers may ask for; nil takes any settings.
    let eventSources: (any EventSources)?
    private(set) var services: [OrganizationName: [ServiceName: ServiceRecord]] = [:]
    package private(set) var domains: [CustomDomainName: CustomDomainRecord] = [:]
    private var changedServices: Set<ServiceKey> = []
    private var changedDomains: Set<CustomDomainName> = []

    private struct ServiceKey: Hashable {
        var organization: OrganizationName
        var name: ServiceName
    }

    package init(limits: Limits = Limits(), eventSources: (any EventSources)? = nil) {
        self.limits = limits
        self.eventSources = eventSources
    }

    package init(
        services: [ServiceRecord], domains: [CustomDomainRecord], limits: Limits = Limits(),
        eventSources: (any EventSources)? = nil
    ) {
        self.limits = limits
        self.eventSources = eventSources
        for service in services { self.services[service.organization, default: [:]][service.name] = service }
        for domain in domains { self.domains[domain.name] = domain }
    }

    /// What changed since the last call, to be stored.
    package mutating func takeChanges() -> [RegistryChange] {
        let changes =
            changedServices.map {
                RegistryChange.service($0.organization, $0.name, services[$0.organization]?[$0.name])
            }
            + changedDomains.map { RegistryChange.domain($0, domains[$0]) }
        changedServices = []
        changedDomains = []
        return changes
    }

    // Reading.

    package var organizations: [OrganizationName] { services.keys.sorted() }

    package func services(of organization: OrganizationName) -> [ServiceRecord] {
        (services[organization] ?? [:]).values.sorted { $0.name < $1.name }
    }

    package func service(_ organization: OrganizationName, _ name: ServiceName) throws(FunctionError) -> ServiceRecord {
        guard let service = services[organization]?[name] else {
            throw FunctionError(
                .serviceNotFound, "Service \"\(name)\" does not exist in organization \"\(organization)\".")
        }
        return service
    }

    package func function(_ id: FunctionID) throws(FunctionError) -> FunctionRecord {
        guard let function = try service(id.organization, id.service).functions[id.function] else {
            throw Self.functionNotFound(id)
        }
        return function
    }

    package func trigger(_ id: FunctionID, _ name: TriggerName) throws(FunctionError) -> TriggerRecord {
        guard let trigger = try function(id).triggers[name] else {
            throw FunctionError(
                .triggerNotFound, "Trigger \"\(name)\" does not exist on function \"\(id.service)/\(id.function)\".")
        }
        return trigger
    }

    package static func functionNotFound(_ id: FunctionID) -> FunctionError {
        FunctionError(.functionNotFound, "Function \"\(id.function)\" does not exist in service \"\(id.service)\".")
    }

    // Writing: every change of a service or a domain goes through these.

    mutating func put(_ service: ServiceRecord) {
        services[service.organization, default: [:]][service.name] = service
        changedServices.insert(ServiceKey(organization: service.organization, name: service.name))
    }

    mutating func removeService(_ organization: OrganizationName, _ name: ServiceName) {
        services[organization]?[name] = nil
        if services[organization]?.isEmpty == true { services[organization] = nil }
        changedServices.insert(ServiceKey(organization: organization, name: name))
    }

    mutating func put(_ domain: CustomDomainRecord) {
        domains[domain.name] = domain
        changedDomains.insert(domain.name)
    }

    mutating func removeDomain(_ name: CustomDomainName) {
        domains[name] = nil
        changedDomains.insert(name)
    }

    /// Changes one function in place and stores its service as changed.
    mutating func change<Result>(
        _ id: FunctionID, _ body: (inout FunctionRecord) throws(FunctionError) -> Result
    ) throws(FunctionError) -> Result {
        var service = try service(id.organization, id.service)
        guard var function = service.functions[id.function] else { throw Self.functionNotFound(id) }
        let result = try body(&function)
        if service.functions[id.function] != function {
            service.functions[id.function] = function
            put(service)
        }
        return result
    }

    /// - Throws: `PreconditionFailed` unless `tag` is nil, `*` or the current one.
    static func check(_ tag: String?, against stamp: RecordStamp, of what: String) throws(FunctionError) {
        guard let tag, tag != "*" else { return }
        let bare =
            tag.hasPrefix("\"") && tag.hasSuffix("\"") && tag.count > 1 ? String(tag.dropFirst().dropLast()) : tag
        guard bare == stamp.entityTag else {
            throw FunctionError(
                .preconditionFailed,
                "\(what) was changed meanwhile: If-Match is \"\(bare.prefix(80))\", its ETag is \"\(stamp.entityTag)\". Read it again and repeat."
            )
        }
    }
}
