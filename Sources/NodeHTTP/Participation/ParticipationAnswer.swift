internal import FabricTypes
internal import HTTPTypes
internal import HummingbirdCore
internal import NIOCore
internal import OrdererService

/// An answer of the channel participation API, written as Go's JSON encoder writes it: clients compare nothing, but
/// operators' scripts do.
struct ParticipationAnswer {
    var status: HTTPResponse.Status
    var headers: HTTPFields
    var body: Bytes

    var response: HummingbirdCore.Response {
        HummingbirdCore.Response(
            status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: body.array)))
    }

    static func json(
        _ text: String, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
    ) -> ParticipationAnswer {
        var headers = headers
        headers[.contentType] = "application/json"
        return ParticipationAnswer(status: status, headers: headers, body: Bytes(text + "\n"))
    }

    static func error(
        _ message: String, status: HTTPResponse.Status, allow: String? = nil
    ) -> ParticipationAnswer {
        json(errorText(message), status: status, headers: allow.map { [.allow: $0] } ?? [:])
    }

    static func errorText(_ message: String) -> String {
        "{\"error\":\(quoted(message))}"
    }

    static func list(_ names: [ChannelID]) -> ParticipationAnswer {
        let channels = names.map { name in
            "{\"name\":\(quoted(name.rawValue)),\"url\":\(quoted(ParticipationSurface.path(of: name)))}"
        }
        // An orderer without channels has no list at all.
        let list = channels.isEmpty ? "null" : "[\(channels.joined(separator: ","))]"
        return json("{\"systemChannel\":null,\"channels\":\(list)}", headers: [.cacheControl: "no-store"])
    }

    static func text(of channel: ChannelParticipation) -> String {
        "{\"name\":\(quoted(channel.name.rawValue)),\"url\":\(quoted(ParticipationSurface.path(of: channel.name))),"
            + "\"consensusRelation\":\(quoted(channel.relation.rawValue)),\"status\":\(quoted(channel.status.rawValue)),"
            + "\"height\":\(channel.height)}"
    }

    static func created(_ channel: ChannelParticipation) -> ParticipationAnswer {
        json(text(of: channel), status: .created, headers: [.location: ParticipationSurface.path(of: channel.name)])
    }

    /// A JSON text as Go writes it: markup is escaped too.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "<", ">", "&", "\u{2028}", "\u{2029}", "\u{0}"..."\u{1F}":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
