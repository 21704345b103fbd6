internal import FoundationEssentials
package import FunctionTypes
package import HTTPTypes
package import HummingbirdCore
package import NIOCore
internal import NIOFoundationCompat

/// Answers of the JSON API: values as JSON, errors as `{"error": {"code", "message"}}`.
package enum JSONAnswer {
    package struct ErrorBody: Codable, Hashable, Sendable {
        package struct Content: Codable, Hashable, Sendable {
            package var code: String
            package var message: String
            /// Where in the caller's text the problem is, counted in UTF-8 bytes from 0.
            package var position: Int?
            /// Each thing that is wrong, where several were found at once.
            package var problems: [JSONValue]?
        }
        package var error: Content
    }

    /// Members sorted, so that the same value is always the same bytes.
    package static func value(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        return bytes(ByteBuffer(data: try encoder.encode(value)), status: status)
    }

    package static func value(_ value: JSONValue, status: HTTPResponse.Status = .ok) -> Response {
        bytes(ByteBuffer(bytes: value.jsonBytes), status: status)
    }

    package static func bytes(_ json: ByteBuffer, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: json))
    }

    package static func error(
        _ status: HTTPResponse.Status, code: String, message: String, position: Int? = nil, problems: [JSONValue] = []
    ) -> Response {
        let body = ErrorBody(
            error: .init(code: code, message: message, position: position, problems: problems.isEmpty ? nil : problems))
        // Two strings and a number always encode; an empty body still carries the status.
        return (try? value(body, status: status)) ?? Response(status: status)
    }

    package static func error(_ refusal: ListenerRefusal) -> Response {
        let code =
            switch refusal.code {
            case .hostNotServed: "HostNotServed"
            case .bodyTooLarge: "BodyTooLarge"
            case .notFound: "NotFound"
            case .internalError: "InternalError"
            }
        return error(refusal.status, code: code, message: refusal.message)
    }
}
