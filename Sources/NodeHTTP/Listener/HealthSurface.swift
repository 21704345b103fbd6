internal import HTTPTypes
package import HummingbirdCore
internal import NIOCore

/// `GET /healthz`: 200 with `ok` while the node serves, 503 with one line for each part that does not.
package struct HealthSurface: HTTPSurface {
    /// The parts' complaints, whole sentences; empty when all is well. Must answer from memory.
    let problems: @Sendable () async -> [String]

    package init(problems: @escaping @Sendable () async -> [String]) {
        self.problems = problems
    }

    package func takes(_ request: IncomingRequest) -> Bool {
        request.target.rawPath == "/healthz"
    }

    package func respond(to request: IncomingRequest) async throws -> Response {
        let problems = await problems()
        return Response(
            status: problems.isEmpty ? .ok : .serviceUnavailable, headers: [.contentType: "text/plain; charset=utf-8"],
            body: ResponseBody(
                byteBuffer: ByteBuffer(string: problems.isEmpty ? "ok\n" : problems.map { $0 + "\n" }.joined())))
    }
}
