package import FabricTypes

/// Why an envelope is not ordered. The protocol expects it: it is an answer, in the words of a stock orderer where these
/// are known.
package struct IntakeRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    package let response: BroadcastResponse

    package init(_ status: StatusCode, _ info: String) {
        response = BroadcastResponse(status: status, info: info)
    }

    /// The same refusal with the words that a caller puts before it.
    func within(_ prefix: String) -> IntakeRefusal {
        IntakeRefusal(response.status, "\(prefix): \(response.info)")
    }

    package var description: String { "\(response.status): \(response.info)" }

    /// What a stock orderer says of bytes that do not decode.
    static func stockWords(_ error: WireError) -> String {
        error.code == .invalidUTF8
            ? "string field contains invalid UTF-8" : "proto: cannot parse invalid wire-format data"
    }
}
