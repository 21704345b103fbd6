internal import FunctionCore
package import FunctionService
internal import FunctionTypes
internal import HTTPTypes
internal import HummingbirdCore
internal import NIOCore

/// Functions in the JSON API: what Function Compute's API has no call for.
///
/// Deployments of whole templates, code packages by digest, overviews, dead letters, usage.
package struct FunctionAPI: Sendable {
    let platform: FunctionPlatform

    package init(platform: FunctionPlatform) {
        self.platform = platform
    }

    package var group: APIGroup {
        APIGroup(
            name: "Functions",
            routes: deploymentRoutes + overviewRoutes + invocationRoutes + deadLetterRoutes,
            schemas: FunctionAPISchemas.all, mapError: { APIError(functions: $0) })
    }

    static let service = APIRoute.Parameter.path("service", "Name of the service.")
    static let function = APIRoute.Parameter.path("function", "Name of the function.")
    static let organization = APIRoute.Parameter.query(
        "organization", "Whose functions are meant; only calls on loopback without a key may choose.")

    /// Whose functions a call means: those of its key. Who needs no key may choose.
    func organization(_ call: APICall) throws(FunctionError) -> OrganizationName {
        guard call.caller.credential == .loopback, let chosen = call.query("organization") else {
            return try checked(OrganizationName.self, call.caller.organization)
        }
        return try checked(OrganizationName.self, chosen)
    }

    /// The function of the path.
    func functionID(_ call: APICall) throws(FunctionError) -> FunctionID {
        FunctionID(
            organization: try organization(call), service: try checked(ServiceName.self, call.path("service")),
            function: try checked(FunctionName.self, call.path("function")))
    }
}

extension APIError {
    /// The function half's errors in the JSON API; nil for others.
    init?(functions error: any Error) {
        switch error {
        case let error as FunctionError:
            self.init(status: error.status, code: error.code.rawValue, message: error.message)
        case let error as InvalidTemplate:
            let count = error.problems.count == 1 ? "One problem was" : "\(error.problems.count) problems were"
            self.init(
                status: .unprocessableContent, code: "InvalidTemplate",
                message: "The template was refused and nothing has changed. \(count) found.",
                problems: error.problems.map(\.json))
        default: return nil
        }
    }
}

extension TemplateProblem {
    fileprivate var json: JSONValue {
        .object(present: [
            "line": .integer(Int64(line)), "key": .string(key), "value": .text(value), "reason": .string(reason),
            "remedy": .string(remedy),
        ])
    }
}
