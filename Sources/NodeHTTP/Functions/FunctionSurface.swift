package import Foundation
internal import FunctionCore
package import FunctionService
package import FunctionTypes
internal import HTTPTypes
package import HummingbirdCore

/// Function Compute's REST API, version `2016-08-15`: management, invocation, and HTTP triggers under `/proxy/` and custom domains.
package struct FunctionSurface: HTTPSurface {
    static let version = "2016-08-15"

    let platform: FunctionPlatform
    let access: FunctionAccess
    let bodies = BodyBudget()

    /// - Parameter defaultOrganization: whose functions calls mean that name no organisation.
    package init(
        platform: FunctionPlatform, access: AccessControl, defaultOrganization: OrganizationName,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.platform = platform
        self.access = FunctionAccess(control: access, defaultOrganization: defaultOrganization, now: now)
    }

    package func takes(_ request: IncomingRequest) -> Bool {
        request.hostStanding == .customDomain || request.target.isUnder("/\(Self.version)")
    }

    package func respond(to request: IncomingRequest) async throws -> Response {
        do {
            if request.hostStanding == .customDomain { return try await respondByDomain(to: request) }
            let path = Array(request.target.pathSegments.dropFirst())
            if path.first == "proxy" { return try await respondByProxy(to: request, path: path) }
            if request.method == .post, path.count == 5, path[0] == "services", path[2] == "functions",
                path[4] == "invocations"
            {
                return try await respondByInvoking(to: request, service: path[1], function: path[3])
            }
            let caller = try access.caller(
                of: request, atLeast: request.method == .get ? .reader : .admin, signsQuery: false)
            let call = FunctionCall(request: request, organization: caller.organization)
            return try await answer(call, path).response(requestID: request.id)
        } catch let error as FunctionError {
            return FunctionAnswer.response(to: error, requestID: request.id)
        }
    }

    package func response(to refusal: ListenerRefusal, request: IncomingRequest) -> Response {
        let code: FunctionError.Code =
            switch refusal.code {
            case .hostNotServed: .accessDenied
            case .bodyTooLarge: .entityTooLarge
            case .notFound: .pathNotSupported
            case .internalError: .internalServerError
            }
        return FunctionAnswer.response(to: FunctionError(code, refusal.message), requestID: request.id)
    }

    /// Finds the operation of a management call.
    private func answer(_ call: FunctionCall, _ path: [String]) async throws -> FunctionAnswer {
        switch path.first {
        case "services":
            return try await answerServices(call, Array(path.dropFirst()))
        case "custom-domains":
            return try await answerDomains(call, Array(path.dropFirst()))
        case "tag" where path.count == 1:
            return try await answerTags(call)
        case "account-settings" where path.count == 1 && call.request.method == .get:
            return FunctionAnswer(["availableAZs": [.string(platform.region)]])
        case "reservedCapacities" where path.count == 1 && call.request.method == .get:
            return FunctionAnswer(["reservedCapacities": []])
        case "on-demand-configs" where path.count == 1 && call.request.method == .get:
            return try listOnDemand(call)
        case "provision-configs" where path.count == 1 && call.request.method == .get:
            return try listProvisioned(call)
        default:
            throw notSupported(call)
        }
    }

    func notSupported(_ call: FunctionCall) -> FunctionError {
        FunctionError(
            .pathNotSupported,
            "\(call.request.method.rawValue) \(call.request.target.path.prefix(200)) is no operation of this API.")
    }

    private func answerServices(_ call: FunctionCall, _ path: [String]) async throws -> FunctionAnswer {
        guard let first = path.first else {
            switch call.request.method {
            case .post: return try await createService(call)
            case .get: return try listServices(call)
            default: throw notSupported(call)
            }
        }
        let service = try QualifiedService(first)
        switch (path.count, path.count > 1 ? path[1] : "") {
        case (1, _): return try await answerService(call, service)
        case (2, "versions"), (3, "versions"):
            return try await answerVersions(call, service.name, path.count == 3 ? path[2] : nil)
        case (2, "aliases"), (3, "aliases"):
            return try await answerAliases(call, service.name, path.count == 3 ? path[2] : nil)
        case (2, "functions"):
            return try await answerFunctions(call, service)
        case (3, "functions"):
            return try await answerFunction(call, try service.target(call.organization, path[2]))
        case (4..., "functions"):
            return try await answerFunctionPart(
                call, try service.target(call.organization, path[2]), Array(path.dropFirst(3)))
        default:
            throw notSupported(call)
        }
    }

    private func answerFunctionPart(
        _ call: FunctionCall, _ target: FunctionTarget, _ path: [String]
    ) async throws -> FunctionAnswer {
        let item = path.count == 2 ? path[1] : nil
        switch (path.count, path[0]) {
        case (1, "code") where call.request.method == .get: return try functionCode(call, target)
        case (1, "triggers"), (2, "triggers"): return try await answerTriggers(call, target.id, item)
        case (1, "async-invoke-config"): return try await answerAsyncConfiguration(call, target)
        case (1, "async-invoke-configs") where call.request.method == .get:
            return try listAsyncConfigurations(call, target.id)
        case (1, "on-demand-config"): return try await answerOnDemand(call, target)
        case (1, "provision-config"): return try await answerProvisioned(call, target)
        case (1, "stateful-async-invocations"), (2, "stateful-async-invocations"):
            return try await answerAsyncInvocations(call, target, item)
        case (1, "instances") where call.request.method == .get:
            let instances = try platform.instanceIDs(of: target).map { id -> JSONValue in
                ["instanceId": .string(id.rawValue), "versionId": .string(target.qualifier.description)]
            }
            return FunctionAnswer(["instances": .array(instances)])
        default: throw notSupported(call)
        }
    }
}
