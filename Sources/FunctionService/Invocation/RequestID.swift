internal import Foundation

/// Makes the ids of requests.
package enum RequestID {
    /// A UUID in lower case.
    package static func make() -> String {
        UUID().uuidString.lowercased()
    }
}
