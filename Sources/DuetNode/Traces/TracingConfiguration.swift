internal import Foundation
package import TriggerService

/// Where a node sends its spans.
package struct TracingConfiguration: Hashable, Sendable {
    /// OTLP's path for traces, put behind an endpoint that does not end with it.
    private static let path = "/v1/traces"

    /// Of the collector, such as `http://127.0.0.1:4318`.
    package var endpoint: String
    package var encoding: HTTPSpanCollector.Encoding
    /// Sent along with every batch; may hold a key.
    package var headers: [String: String]
    /// `service.name`.
    package var serviceName: String
    package var serviceVersion: String

    package static let serviceNameDefault = "duet"
    package static let encodingDefault = HTTPSpanCollector.Encoding.protobuf

    package init(
        endpoint: String, encoding: HTTPSpanCollector.Encoding = encodingDefault, headers: [String: String] = [:],
        serviceName: String = serviceNameDefault, serviceVersion: String = ""
    ) {
        self.endpoint = endpoint
        self.encoding = encoding
        self.headers = headers
        self.serviceName = serviceName
        self.serviceVersion = serviceVersion
    }

    /// Where batches go.
    var url: String {
        if endpoint.hasSuffix(Self.path) { return endpoint }
        return (endpoint.hasSuffix("/") ? String(endpoint.dropLast()) : endpoint) + Self.path
    }

    /// Everything that is wrong, one sentence each.
    var problems: [String] {
        var problems: [String] = []
        let parts = URLComponents(string: endpoint)
        if !["http", "https"].contains(parts?.scheme ?? "") || parts?.host?.isEmpty ?? true || parts?.query != nil {
            problems.append(
                "The endpoint of tracing is \"\(endpoint)\": give the collector's address, such as http://127.0.0.1:4318."
            )
        }
        if serviceName.isEmpty { problems.append("The service name of tracing is empty: leave it out for \"duet\".") }
        for (name, value) in headers.sorted(by: { $0.key < $1.key }) where !Self.isHeader(name, value) {
            problems.append(
                "The header \"\(name)\" of tracing cannot be sent: names have letters, digits and \"-\", values are one line."
            )
        }
        return problems
    }

    private static func isHeader(_ name: String, _ value: String) -> Bool {
        let isName =
            !name.isEmpty
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
        return isName && value.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    }
}
