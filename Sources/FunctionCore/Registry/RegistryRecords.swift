package import FunctionTypes

/// Fields every stored resource has.
package struct RecordStamp: Hashable, Sendable, Codable {
    /// Made once and never used again; part of the ETag.
    package var id: String
    package var createdAt: Timestamp
    package var modifiedAt: Timestamp
    /// Rises with every change.
    package var revision: UInt64 = 1

    package init(id: String, now: Timestamp) {
        self.id = id
        self.createdAt = now
        self.modifiedAt = now
    }

    package mutating func touch(_ now: Timestamp) {
        modifiedAt = now
        revision += 1
    }

    /// What clients hand back as `If-Match`.
    package var entityTag: String { "\(id)-\(revision)" }
}

/// A service with everything in it: the unit in which the registry is stored.
package struct ServiceRecord: Hashable, Sendable, Codable {
    package var organization: OrganizationName
    package var name: ServiceName
    package var stamp: RecordStamp
    package var configuration: ServiceConfiguration
    package var functions: [FunctionName: FunctionRecord] = [:]
    package var versions: [VersionID: VersionRecord] = [:]
    /// The number of the next version; numbers are never used again.
    package var versionNext: UInt64 = 1
    package var aliases: [AliasName: AliasRecord] = [:]
    package var tags: [String: String] = [:]
}

package struct FunctionRecord: Hashable, Sendable, Codable {
    package var name: FunctionName
    package var stamp: RecordStamp
    package var configuration: FunctionConfiguration
    package var triggers: [TriggerName: TriggerRecord] = [:]
    package var asyncConfigurations: [Qualifier: AsyncRecord] = [:]
    /// Instances at most.
    package var onDemand: [Qualifier: InstanceCountRecord] = [:]
    /// Instances kept warm.
    package var provisioned: [Qualifier: InstanceCountRecord] = [:]
    /// What ran last under the unpublished state, so that a change of settings that instances do not see keeps them warm.
    package var runtimeRevision: UInt64 = 1
}

package struct TriggerRecord: Hashable, Sendable, Codable {
    package var name: TriggerName
    package var stamp: RecordStamp
    package var configuration: TriggerConfiguration
}

/// A published state of a service: nothing in it ever changes.
package struct VersionRecord: Hashable, Sendable, Codable {
    package var id: VersionID
    package var stamp: RecordStamp
    package var description: String?
    package var service: ServiceConfiguration
    package var functions: [FunctionName: FunctionConfiguration]
}

package struct AliasRecord: Hashable, Sendable, Codable {
    package var name: AliasName
    package var stamp: RecordStamp
    package var configuration: AliasConfiguration
}

/// An alias and the share of calls that other versions take.
package struct AliasConfiguration: Hashable, Sendable, Codable {
    package var version: VersionID
    package var description: String?
    /// Shares 0…1 of versions beside ``version``, which takes the rest; their sum is at most 1.
    package var additionalVersionWeights: [VersionID: Double]

    package init(version: VersionID, description: String? = nil, additionalVersionWeights: [VersionID: Double] = [:]) {
        self.version = version
        self.description = description
        self.additionalVersionWeights = additionalVersionWeights
    }

    /// The version that takes a call.
    ///
    /// - Parameter draw: evenly distributed in 0..<1.
    package func version(for draw: Double) -> VersionID {
        var sum = 0.0
        for (version, weight) in additionalVersionWeights.sorted(by: { $0.key < $1.key }) {
            sum += weight
            if draw < sum { return version }
        }
        return version
    }
}

package struct AsyncRecord: Hashable, Sendable, Codable {
    package var stamp: RecordStamp
    package var configuration: AsyncConfiguration
}

package struct InstanceCountRecord: Hashable, Sendable, Codable {
    package var stamp: RecordStamp
    package var count: Int
}

package struct CustomDomainRecord: Hashable, Sendable, Codable {
    package var organization: OrganizationName
    package var name: CustomDomainName
    package var stamp: RecordStamp
    package var configuration: CustomDomainConfiguration
}
