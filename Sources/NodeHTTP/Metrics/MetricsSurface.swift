internal import HTTPTypes
package import HummingbirdCore
internal import NIOCore

/// `GET /metrics` in Prometheus' text format.
package struct MetricsSurface: HTTPSurface {
    private let families: @Sendable () async -> [MetricFamily]

    package init(families: @escaping @Sendable () async -> [MetricFamily]) {
        self.families = families
    }

    package func takes(_ request: IncomingRequest) -> Bool {
        request.target.rawPath == "/metrics"
    }

    package func respond(to request: IncomingRequest) async throws -> Response {
        Response(
            status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: MetricsText.text(of: await families()))))
    }
}
