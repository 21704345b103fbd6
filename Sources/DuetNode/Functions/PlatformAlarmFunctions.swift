internal import FunctionService
internal import FunctionTypes
internal import LogCore

/// Lets alarms call functions, through the asynchronous queue.
struct PlatformAlarmFunctions: AlarmFunctions {
    let platform: FunctionPlatform

    func invoke(
        organization: String, service: String, function: String, qualifier: String?, event: [UInt8]
    ) async throws {
        let id = FunctionID(
            organization: try OrganizationName(validating: organization),
            service: try ServiceName(validating: service), function: try FunctionName(validating: function))
        let target = FunctionTarget(id, qualifier: try Qualifier(validating: qualifier ?? ""))
        _ = try await platform.enqueue(target, payload: event, requestID: RequestID.make())
    }
}
