internal import FabricTypes
internal import Foundation
internal import FunctionTypes

/// Bytes that a contract gives, for people and for programs.
enum PayloadText {
    /// As `name` where they are text, as `nameBase64` where not.
    static func member(_ name: String, _ bytes: Bytes) -> (name: String, value: JSONValue) {
        if let text = bytes.utf8Text { return (name, .string(text)) }
        return ("\(name)Base64", .string(Data(bytes.array).base64EncodedString()))
    }

    /// Within a line.
    static func line(_ bytes: Bytes) -> String {
        bytes.utf8Text?.escapingControls ?? "base64:\(Data(bytes.array).base64EncodedString())"
    }

    /// As a result of its own: as it is for programs that read it, harmless for a terminal.
    static func result(_ bytes: Bytes, for terminal: Terminal) -> String {
        guard let text = bytes.utf8Text else { return line(bytes) }
        guard terminal.isInteractive else { return text }
        return text.split(separator: "\n", omittingEmptySubsequences: false).map { String($0).escapingControls }
            .joined(separator: "\n")
    }
}
