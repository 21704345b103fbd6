package import FunctionTypes

/// A function as one call of it runs: which version, with which settings.
package struct ResolvedFunction: Sendable, Hashable {
    package var id: FunctionID
    /// As the caller named it.
    package var qualifier: Qualifier
    /// Nil for the unpublished state.
    package var version: VersionID?
    package var service: ServiceConfiguration
    package var configuration: FunctionConfiguration
    /// Tells states of one version apart: a rise means that instances of the older one must go.
    package var revision: UInt64
    /// Instances at most; nil = the node's default.
    package var instanceCountMax: Int?
    package var asyncConfiguration: AsyncConfiguration

    package init(
        id: FunctionID, qualifier: Qualifier, version: VersionID?, service: ServiceConfiguration,
        configuration: FunctionConfiguration, revision: UInt64, instanceCountMax: Int?,
        asyncConfiguration: AsyncConfiguration
    ) {
        self.id = id
        self.qualifier = qualifier
        self.version = version
        self.service = service
        self.configuration = configuration
        self.revision = revision
        self.instanceCountMax = instanceCountMax
        self.asyncConfiguration = asyncConfiguration
    }

    /// Instances that may serve this function share this key.
    package var instanceKey: InstanceKey { InstanceKey(id: id, version: version, revision: revision) }
}

/// Which instances can serve a call: those of one function, version and state of its settings.
package struct InstanceKey: Hashable, Sendable, CustomStringConvertible {
    package var id: FunctionID
    package var version: VersionID?
    package var revision: UInt64

    package init(id: FunctionID, version: VersionID?, revision: UInt64) {
        self.id = id
        self.version = version
        self.revision = revision
    }

    package var description: String { "\(id).\(version?.description ?? "LATEST")#\(revision)" }
}

extension Registry {
    /// Finds what a call runs.
    ///
    /// - Parameter draw: evenly distributed in 0..<1; decides between the versions of a weighted alias.
    package func resolve(_ target: FunctionTarget, draw: Double) throws(FunctionError) -> ResolvedFunction {
        let service = try service(target.id.organization, target.id.service)
        let version: VersionID?
        switch target.qualifier {
        case .latest:
            version = nil
        case .version(let id):
            version = id
        case .alias(let name):
            guard let alias = service.aliases[name] else { throw Self.aliasNotFound(name, service.name) }
            version = alias.configuration.version(for: draw)
        }
        let function = service.functions[target.id.function]
        func limit(_ qualifier: Qualifier) -> Int? { function?.onDemand[qualifier]?.count }
        let async = function?.asyncConfigurations[target.qualifier]?.configuration ?? AsyncConfiguration()
        if let version {
            guard let published = service.versions[version] else { throw Self.versionNotFound(version, service.name) }
            guard let configuration = published.functions[target.id.function] else {
                throw Self.functionNotFound(target.id)
            }
            return ResolvedFunction(
                id: target.id, qualifier: target.qualifier, version: version, service: published.service,
                configuration: configuration, revision: 0,
                instanceCountMax: limit(target.qualifier) ?? limit(.version(version)), asyncConfiguration: async)
        }
        guard let function else { throw Self.functionNotFound(target.id) }
        return ResolvedFunction(
            id: target.id, qualifier: target.qualifier, version: nil, service: service.configuration,
            configuration: function.configuration, revision: function.runtimeRevision,
            instanceCountMax: limit(.latest), asyncConfiguration: async)
    }

    /// Whether instances of this key may still take calls: the version exists, the unpublished state has not moved on.
    package func isCurrent(_ key: InstanceKey) -> Bool {
        guard let service = services[key.id.organization]?[key.id.service] else { return false }
        if let version = key.version { return service.versions[version]?.functions[key.id.function] != nil }
        return service.functions[key.id.function]?.runtimeRevision == key.revision
    }

    /// The HTTP trigger that answers for a function and qualifier.
    package func httpTrigger(
        for target: FunctionTarget
    ) throws(FunctionError) -> (trigger: TriggerRecord, http: HTTPTriggerConfiguration) {
        let function = try function(target.id)
        for trigger in function.triggers.values where trigger.configuration.qualifier == target.qualifier {
            if case .http(let http) = trigger.configuration.source { return (trigger, http) }
        }
        throw FunctionError(
            .triggerNotFound,
            "Function \"\(target.id.service)/\(target.id.function)\" has no HTTP trigger for \(target.qualifier). Add one under Events."
        )
    }

    /// The unpublished states of the functions that were changed last, the newest last: what is likely to be called next.
    package var newestFunctions: [ResolvedFunction] {
        let all = services.values.flatMap(\.values).flatMap { service in
            service.functions.values.map { (service: service, function: $0) }
        }
        let newest = all.sorted { $0.function.stamp.modifiedAt < $1.function.stamp.modifiedAt }.suffix(8)
        return newest.compactMap { service, function in
            let id = FunctionID(organization: service.organization, service: service.name, function: function.name)
            return try? resolve(FunctionTarget(id), draw: 1)  // it was just found
        }
    }
}
