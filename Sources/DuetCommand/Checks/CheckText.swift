/// Verdicts of endorsement checks in words for people; JSON keeps the names of the API.
enum CheckText {
    /// Characters of a message in a table: the whole one stands in the JSON.
    static let messageWidthMax = 60

    static func verdict(_ name: String) -> String {
        switch name {
        case "failedAllowed": "failed, allowed"
        case "failedRefused": "failed, refused"
        default: name
        }
    }

    static func message(_ text: String) -> String {
        // Escaped first: an escape is wider than what it stands for.
        let shown = text.escapingControls
        return shown.count <= messageWidthMax ? shown : shown.prefix(messageWidthMax - 1) + "…"
    }
}
