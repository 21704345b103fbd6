package import Foundation
internal import FunctionCore
package import FunctionService
package import FunctionTypes
internal import HTTPTypes
package import HummingbirdCore
internal import NIOCore

/// Lambda's Invoke API, version `2015-03-31`, for the same functions: `aws lambda invoke --endpoint-url` and what else speaks it.
///
/// A function is named `service/function`; `function` alone will do where only one service has it. An ARN may stand before the name,
/// a version or alias behind it.
package struct LambdaSurface: HTTPSurface {
    private static let version = "2015-03-31"

    private let platform: FunctionPlatform
    private let access: LambdaAccess
    private let bodies = BodyBudget()

    /// - Parameter defaultOrganization: whose functions calls mean that name no organisation.
    package init(
        platform: FunctionPlatform, access: AccessControl, defaultOrganization: OrganizationName,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.platform = platform
        self.access = LambdaAccess(
            functions: FunctionAccess(control: access, defaultOrganization: defaultOrganization, now: now))
    }

    package func takes(_ request: IncomingRequest) -> Bool {
        request.target.isUnder("/\(Self.version)")
    }

    package func respond(to request: IncomingRequest) async throws -> Response {
        do {
            return try await bodies.withBody(of: request, upTo: FunctionLimits.syncPayloadByteCountMax) { body in
                try await respond(to: request, body: body)
            }
        } catch let error as FunctionError {
            return LambdaAnswer.response(to: error, requestID: request.id)
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
        return LambdaAnswer.response(to: FunctionError(code, refusal.message), requestID: request.id)
    }

    private func respond(to request: IncomingRequest, body: [UInt8]) async throws -> Response {
        let steps = request.target.pathSegments
        guard request.method == .post, steps.count >= 4, steps[1] == "functions", steps.last == "invocations" else {
            throw FunctionError(
                .pathNotSupported,
                "\(request.method.rawValue) \(request.target.path.prefix(200)) is not offered: of Lambda's API this node has Invoke."
            )
        }
        let caller = try access.caller(of: request, body: body)
        let name = steps[2..<(steps.count - 1)].joined(separator: "/")
        let target = try target(name, qualifier: request.target.query("Qualifier"), of: caller)
        switch request.headers[.lambdaInvocationType] ?? "RequestResponse" {
        case "RequestResponse":
            let report = try await platform.invoke(
                Invocation(
                    requestID: request.id, target: target, payload: .event(body), origin: .api,
                    traceparent: request.headers[.traceparent],
                    clientContext: try clientContext(request.headers[.lambdaClientContext])))
            return LambdaAnswer.response(to: report, isTailWanted: request.headers[.lambdaLogType] == "Tail")
        case "Event":
            _ = try await platform.enqueue(
                target, payload: body, requestID: request.id, traceparent: request.headers[.traceparent])
            return Response(status: .accepted, headers: LambdaAnswer.headers(requestID: request.id))
        case "DryRun":
            _ = try platform.registry.read { registry throws(FunctionError) in try registry.resolve(target, draw: 0) }
            return Response(status: .noContent, headers: LambdaAnswer.headers(requestID: request.id))
        case let other:
            throw FunctionError(
                .invalidArgument,
                "X-Amz-Invocation-Type is \"\(other.prefix(40))\": write RequestResponse, Event or DryRun.")
        }
    }

    /// As in Lambda at most 3583 bytes of base64, with JSON in them; synchronous calls alone hand it on.
    private func clientContext(_ text: String?) throws(FunctionError) -> String? {
        guard let text else { return nil }
        // In one line of JSON no byte is left that would end a header.
        guard text.utf8.count <= 3583, let bytes = Base64.decode(text),
            let json = try? JSONValue(parsing: bytes)  // told below what it must be
        else {
            throw FunctionError(
                .invalidArgument,
                "X-Amz-Client-Context is not taken: write JSON as base64, 3583 bytes at most.")
        }
        return json.jsonText
    }

    /// `[arn:aws:lambda:<region>:<account>:function:]name[:qualifier]`, or `<account>:function:name[:qualifier]`.
    private func target(
        _ text: String, qualifier: String?, of organization: OrganizationName
    ) throws(FunctionError) -> FunctionTarget {
        var parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        if let index = parts.firstIndex(of: "function") { parts.removeFirst(index + 1) }
        guard let name = parts.first, !name.isEmpty, parts.count <= 2 else {
            throw FunctionError(
                .invalidArgument,
                "The function's name \"\(text.prefix(200))\" cannot be read: write service/function, or its ARN.")
        }
        let qualifierText = qualifier ?? (parts.count == 2 ? parts[1] : "")
        let checkedQualifier: Qualifier
        do throws(InvalidResourceName) {
            checkedQualifier = try Qualifier(validating: qualifierText == "$LATEST" ? "" : qualifierText)
        } catch {
            throw FunctionError(.invalidArgument, error.description)
        }
        return FunctionTarget(try functionID(name, of: organization), qualifier: checkedQualifier)
    }

    private func functionID(_ name: String, of organization: OrganizationName) throws(FunctionError) -> FunctionID {
        let steps = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        if steps.count == 2 {
            return FunctionID(
                organization: organization, service: try checked(ServiceName.self, steps[0]),
                function: try checked(FunctionName.self, steps[1]))
        }
        let function = try checked(FunctionName.self, name)
        let services = platform.registry.read { registry in
            registry.services(of: organization).filter { $0.functions[function] != nil }.map(\.name)
        }
        guard let service = services.first else {
            throw FunctionError(.functionNotFound, "No service has a function \"\(function)\".")
        }
        guard services.count == 1 else {
            let names = services.map { "\($0)/\(function)" }.sorted().joined(separator: ", ")
            throw FunctionError(.invalidArgument, "\"\(function)\" is the name of several functions: write \(names).")
        }
        return FunctionID(organization: organization, service: service, function: function)
    }
}
