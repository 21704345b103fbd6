internal import HTTPTypes
package import HummingbirdCore
internal import NIOCore

/// One figure for operators and its values by label.
package struct MetricFamily: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable {
        case counter
        case gauge
    }

    let name: String
    let help: String
    let kind: Kind
    /// Empty for a figure without labels.
    let label: String
    let values: [String: Double]

    package init(name: String, help: String, kind: Kind, label: String = "", values: [String: Double]) {
        self.name = name
        self.help = help
        self.kind = kind
        self.label = label
        self.values = values
    }
}

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
        var text = ""
        for family in await families() {
            text += "# HELP \(family.name) \(Self.escaped(family.help, isLabel: false))\n"
            text += "# TYPE \(family.name) \(family.kind.rawValue)\n"
            for (value, number) in family.values.sorted(by: { $0.key < $1.key }) {
                let label = family.label.isEmpty ? "" : "{\(family.label)=\"\(Self.escaped(value, isLabel: true))\"}"
                text += "\(family.name)\(label) \(number)\n"
            }
        }
        return Response(
            status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    private static func escaped(_ text: String, isLabel: Bool) -> String {
        var output = ""
        for character in text.unicodeScalars {
            switch character {
            case "\\": output += "\\\\"
            case "\n": output += "\\n"
            case "\"" where isLabel: output += "\\\""
            default: output.unicodeScalars.append(character)
            }
        }
        return output
    }
}
