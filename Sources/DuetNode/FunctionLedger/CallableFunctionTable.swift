internal import FunctionCore
internal import FunctionTypes
internal import TriggerCore
internal import TriggerService

/// The functions of the registry that contracts may call.
enum CallableFunctionTable {
    static func functions(of services: [ServiceRecord]) -> [FunctionCaller.Declared] {
        services.flatMap { service in
            service.functions.values.flatMap { function in
                function.triggers.values.compactMap { declared(by: $0, function, service) }
            }
        }
    }

    /// Nil for other triggers. A configuration was checked when it was made.
    private static func declared(
        by trigger: TriggerRecord, _ function: FunctionRecord, _ service: ServiceRecord
    ) -> FunctionCaller.Declared? {
        guard case .other(CallableFunction.typeName, let json) = trigger.configuration.source,
            let callable = try? CallableFunction(json: json)
        else { return nil }
        let id = FunctionID(organization: service.organization, service: service.name, function: function.name)
        return FunctionCaller.Declared(
            organization: service.organization, name: trigger.name,
            target: FunctionTarget(id, qualifier: trigger.configuration.qualifier), callable: callable)
    }
}
