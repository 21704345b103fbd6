package import FoundationEssentials
internal import FunctionTypes
internal import HTTPTypes
package import HummingbirdCore

/// Something that keeps a node from its work.
package struct HealthProblem: Hashable, Sendable {
    /// `peer0.org1.example.com`
    package let component: String
    /// A whole sentence.
    package let reason: String

    package init(component: String, reason: String) {
        self.component = component
        self.reason = reason
    }
}

/// `GET /healthz`, as Fabric's operations service answers it: 200 with the status `OK` while the node works, else 503 with the
/// checks that failed.
package struct HealthSurface: HTTPSurface {
    /// Empty when all is well. Must answer from memory.
    let problems: @Sendable () async -> [HealthProblem]
    let now: @Sendable () -> Date

    package init(
        problems: @escaping @Sendable () async -> [HealthProblem], now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.problems = problems
        self.now = now
    }

    package func takes(_ request: IncomingRequest) -> Bool {
        request.target.rawPath == "/healthz"
    }

    package func respond(to request: IncomingRequest) async throws -> Response {
        let problems = await problems()
        var members: [String: JSONValue] = [
            "status": .string(problems.isEmpty ? "OK" : "Service Unavailable"),
            "time": .string(now().formatted(.iso8601)),
        ]
        if !problems.isEmpty {
            members["failed_checks"] = .array(
                problems.map { ["component": .string($0.component), "reason": .string($0.reason)] })
        }
        return JSONAnswer.value(JSONValue.object(members), status: problems.isEmpty ? .ok : .serviceUnavailable)
    }
}
