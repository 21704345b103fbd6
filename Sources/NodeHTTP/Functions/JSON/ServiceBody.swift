internal import FunctionCore
internal import FunctionTypes

extension FunctionBody {
    /// Puts what the body says into a service's settings; what it leaves out stays.
    func apply(to service: inout ServiceConfiguration) throws(FunctionError) {
        if let description = try text("description") { service.description = description }
        if let role = try text("role") { service.role = role }
        if let access = try boolean("internetAccess") { service.allowsInternetAccess = access }
        if let logging = try object("logConfig") {
            let project = try logging.text("project") ?? ""
            let logstore = try logging.text("logstore") ?? ""
            service.logging =
                project.isEmpty && logstore.isEmpty
                ? nil
                : LogConfiguration(
                    project: project, logstore: logstore,
                    requestMetrics: try logging.boolean("enableRequestMetrics") ?? false,
                    instanceMetrics: try logging.boolean("enableInstanceMetrics") ?? false)
        }
        // Only a cloud can honour these: kept as sent, to be read back.
        if let vpc = json["vpcConfig"] { service.vpcConfig = vpc }
        if let nas = json["nasConfig"] { service.nasConfig = nas }
        if let tracing = json["tracingConfig"] { service.tracingConfig = tracing }
    }
}

extension ServiceRecord {
    var json: JSONValue {
        configuration.json.merging([
            "serviceId": .string(stamp.id), "serviceName": .string(name.rawValue),
            "createdTime": .string(stamp.createdAt.iso8601), "lastModifiedTime": .string(stamp.modifiedAt.iso8601),
        ])
    }
}

extension VersionRecord {
    var json: JSONValue {
        .object(present: [
            "versionId": .string(id.description), "description": .text(description),
            "createdTime": .string(stamp.createdAt.iso8601), "lastModifiedTime": .string(stamp.modifiedAt.iso8601),
        ])
    }
}

extension AliasRecord {
    var json: JSONValue {
        let weights = configuration.additionalVersionWeights.map { ($0.key.description, JSONValue.number($0.value)) }
        return .object(present: [
            "aliasName": .string(name.rawValue), "versionId": .string(configuration.version.description),
            "description": .text(configuration.description),
            "additionalVersionWeight": .object(Dictionary(weights, uniquingKeysWith: { first, _ in first })),
            "createdTime": .string(stamp.createdAt.iso8601), "lastModifiedTime": .string(stamp.modifiedAt.iso8601),
        ])
    }
}

extension JSONValue {
    /// The object with more members; others are answered unchanged.
    func merging(_ more: [String: JSONValue]) -> JSONValue {
        guard let members = objectValue else { return self }
        return .object(members.merging(more) { _, new in new })
    }
}
