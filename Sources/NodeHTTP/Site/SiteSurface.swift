internal import Crypto
internal import HTTPTypes
package import HummingbirdCore
internal import NIOCore

/// Serves a fixed set of files to browsers: the console's pages.
///
/// The files hold no data and no secrets, so they need no caller; what they show they fetch through the JSON API. Browsers
/// keep them and ask each time whether they changed.
package struct SiteSurface: HTTPSurface {
    package struct File: Sendable {
        /// `/` or `/app.js`.
        let path: String
        let mediaType: String
        let content: [UInt8]

        package init(path: String, mediaType: String, content: [UInt8]) {
            self.path = path
            self.mediaType = mediaType
            self.content = content
        }
    }

    private struct Prepared: Sendable {
        let mediaType: String
        let entityTag: String
        let plain: ByteBuffer
        let compressed: ByteBuffer
    }

    private let files: [String: Prepared]

    /// Compresses the files once.
    package init(files: [File]) {
        self.files = Dictionary(
            files.map { file in
                let tag = SHA256.hash(data: file.content).prefix(8).map { byte in
                    (byte < 16 ? "0" : "") + String(byte, radix: 16)
                }
                return (
                    file.path,
                    Prepared(
                        mediaType: file.mediaType, entityTag: "\"\(tag.joined())\"",
                        plain: ByteBuffer(bytes: file.content),
                        compressed: ByteBuffer(bytes: GzipCompression.compress(file.content)))
                )
            }, uniquingKeysWith: { first, _ in first })
    }

    package func takes(_ request: IncomingRequest) -> Bool {
        request.hostStanding != .customDomain && files[request.target.rawPath] != nil
    }

    package func respond(to request: IncomingRequest) async throws -> Response {
        guard let file = files[request.target.rawPath] else {
            throw ListenerRefusal.notFound(request.target.path)
        }
        guard request.method == .get || request.method == .head else {
            var response = JSONAnswer.error(
                .methodNotAllowed, code: "MethodNotAllowed",
                message: "\(request.method.rawValue) is not allowed here: use GET.")
            response.headers[.allow] = "GET, HEAD"
            return response
        }
        var headers = Self.headers
        headers[.contentType] = file.mediaType
        headers[.eTag] = file.entityTag
        if request.headers[.ifNoneMatch].map({ Self.names($0, file.entityTag) }) == true {
            return Response(status: .notModified, headers: headers)
        }
        guard Self.takesGzip(request.headers[.acceptEncoding]) else {
            return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: file.plain))
        }
        headers[.contentEncoding] = "gzip"
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: file.compressed))
    }

    /// Nothing but the node's own files runs, nothing leaves for elsewhere, and nobody frames a page.
    private static let headers: HTTPFields = {
        var headers: HTTPFields = [
            .contentSecurityPolicy:
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
                + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            .cacheControl: "no-cache", .vary: "accept-encoding", .xContentTypeOptions: "nosniff",
        ]
        let others = [
            ("referrer-policy", "no-referrer"), ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"), ("x-frame-options", "DENY"),
        ]
        for (name, value) in others {
            if let name = HTTPField.Name(name) { headers[name] = value }
        }
        return headers
    }()

    /// Whether `If-None-Match` names the tag (RFC 9110 section 13.1.2; compared weakly).
    private static func names(_ header: String, _ tag: String) -> Bool {
        header.split(separator: ",").contains { part in
            let text = part.drop { $0 == " " }
            return text == "*" || text == tag || text == "W/" + tag
        }
    }

    /// Whether `Accept-Encoding` allows gzip; `q=0` forbids it.
    private static func takesGzip(_ header: String?) -> Bool {
        guard let header else { return false }
        return header.lowercased().split(separator: ",").contains { part in
            let pieces = part.split(separator: ";").map { $0.filter { $0 != " " } }
            guard let name = pieces.first, name == "gzip" || name == "*" else { return false }
            return !pieces.dropFirst().contains { ["q=0", "q=0.0", "q=0.00", "q=0.000"].contains($0) }
        }
    }
}
