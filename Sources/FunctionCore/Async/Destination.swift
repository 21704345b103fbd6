package import FunctionTypes

/// Where the outcome of an asynchronous invocation is sent: another function.
package enum Destination {
    /// Reads `acs:fc:<region>:<account>:services/<service>[.<qualifier>]/functions/<function>`; empty region and account mean
    /// our own.
    ///
    /// - Throws: `InvalidArgument` for services of a cloud and for other accounts.
    package static func target(
        _ arn: String, from organization: OrganizationName
    ) throws(FunctionError) -> FunctionTarget {
        func refuse(_ reason: String) -> FunctionError {
            FunctionError(
                .invalidArgument,
                "Destination \"\(arn.prefix(200))\" cannot be used: \(reason). Write acs:fc:::services/<service>/functions/<function>."
            )
        }
        let parts = arn.split(separator: ":", maxSplits: 4, omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0] == "acs" else { throw refuse("it is not a resource name") }
        guard parts[1] == "fc" else {
            throw refuse("\"\(parts[1])\" is a service of the cloud; here outcomes go to functions")
        }
        guard parts[3].isEmpty || parts[3] == organization.rawValue else {
            throw refuse("account \"\(parts[3])\" is not \"\(organization)\"")
        }
        let steps = parts[4].split(separator: "/", omittingEmptySubsequences: false)
        guard steps.count == 4, steps[0] == "services", steps[2] == "functions" else {
            throw refuse("it names no function")
        }
        let names = steps[1].split(separator: ".", maxSplits: 1).map(String.init)
        do throws(InvalidResourceName) {
            return FunctionTarget(
                FunctionID(
                    organization: organization, service: try ServiceName(validating: names.first ?? ""),
                    function: try FunctionName(validating: String(steps[3]))),
                qualifier: names.count > 1 ? try Qualifier(validating: names[1]) : .latest)
        } catch {
            throw refuse(error.description)
        }
    }

    /// What a destination is told.
    package static func event(
        _ invocation: AsyncInvocation, payload: [UInt8], condition: String, outcome: InvocationOutcome?, now: Timestamp
    ) -> JSONValue {
        let target = invocation.target
        let qualifier = target.qualifier == .latest ? "" : ".\(target.qualifier)"
        var response: [String: JSONValue] = [:]
        var body: JSONValue = .null
        switch outcome {
        case .event(let bytes):
            response = ["statusCode": 200, "functionError": ""]
            body = text(bytes)
        case .failure(let failure):
            response = ["statusCode": 200, "functionError": .string(failure.kind.rawValue)]
            body = failure.json
        case .http, nil:
            response = ["statusCode": 0, "functionError": ""]
        }
        return [
            "timestamp": .integer(now.milliseconds),
            "requestContext": [
                "requestId": .string(invocation.requestID),
                "functionArn": .string(
                    "acs:fc::\(target.id.organization):services/\(target.id.service)\(qualifier)/functions/\(target.id.function)"
                ),
                "condition": .string(condition),
                "approximateInvokeCount": .integer(Int64(invocation.retryCount + 1)),
            ],
            "requestPayload": text(payload),
            "responseContext": .object(response),
            "responsePayload": body,
        ]
    }

    /// Text where the bytes are text, else base64.
    private static func text(_ bytes: [UInt8]) -> JSONValue {
        .string(String(validating: bytes, as: UTF8.self) ?? Base64.encode(bytes))
    }
}
