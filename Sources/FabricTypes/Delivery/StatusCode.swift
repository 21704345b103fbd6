/// How an ordering or deliver service answers. Numbers unknown to us survive.
///
/// Source: Fabric's `common.Status`.
package struct StatusCode: RawRepresentable, Hashable, Sendable {
    package var rawValue: Int32

    package init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    /// What an absent field reads as; nobody sends it.
    package static let unknown = StatusCode(rawValue: 0)
    package static let success = StatusCode(rawValue: 200)
    /// The request itself is wrong: sending it again does not help.
    package static let badRequest = StatusCode(rawValue: 400)
    package static let forbidden = StatusCode(rawValue: 403)
    package static let notFound = StatusCode(rawValue: 404)
    package static let requestEntityTooLarge = StatusCode(rawValue: 413)
    package static let internalServerError = StatusCode(rawValue: 500)
    package static let notImplemented = StatusCode(rawValue: 501)
    /// The service cannot do it now; clients try again, also elsewhere.
    package static let serviceUnavailable = StatusCode(rawValue: 503)

    /// The name in Fabric's protocol: `BAD_REQUEST`.
    package var name: String {
        switch self {
        case .unknown: "UNKNOWN"
        case .success: "SUCCESS"
        case .badRequest: "BAD_REQUEST"
        case .forbidden: "FORBIDDEN"
        case .notFound: "NOT_FOUND"
        case .requestEntityTooLarge: "REQUEST_ENTITY_TOO_LARGE"
        case .internalServerError: "INTERNAL_SERVER_ERROR"
        case .notImplemented: "NOT_IMPLEMENTED"
        case .serviceUnavailable: "SERVICE_UNAVAILABLE"
        default: "STATUS_\(rawValue)"
        }
    }
}

extension StatusCode: CustomStringConvertible {
    package var description: String { name }
}
