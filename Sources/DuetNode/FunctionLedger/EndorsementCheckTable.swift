internal import FunctionCore
internal import FunctionTypes
internal import TriggerCore
internal import TriggerService

/// The endorsement checks that stand in the registry.
enum EndorsementCheckTable {
    static func checks(of services: [ServiceRecord]) -> [EndorsementChecker.Declared] {
        services.flatMap { service in
            service.functions.values.flatMap { function in
                function.triggers.values.compactMap { check(of: $0, function, service) }
            }
        }
    }

    /// Nil for other triggers. A configuration was checked when it was made.
    private static func check(
        of trigger: TriggerRecord, _ function: FunctionRecord, _ service: ServiceRecord
    ) -> EndorsementChecker.Declared? {
        guard case .other(EndorsementCheck.typeName, let json) = trigger.configuration.source,
            let check = try? EndorsementCheck(json: json)
        else { return nil }
        let id = FunctionID(organization: service.organization, service: service.name, function: function.name)
        let stamps = [service.stamp, function.stamp, trigger.stamp] + service.aliases.values.map(\.stamp)
        return EndorsementChecker.Declared(
            organization: service.organization, name: trigger.name,
            target: FunctionTarget(id, qualifier: trigger.configuration.qualifier), check: check,
            revision: stamps.map(\.entityTag).sorted().joined(separator: " "))
    }
}
