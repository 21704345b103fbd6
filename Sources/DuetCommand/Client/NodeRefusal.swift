/// A node's answer that is no success.
struct NodeRefusal: Error {
    let httpStatus: UInt
    /// The API's code, such as `ProjectNotFound`; empty when the answer was not the API's.
    let code: String
    /// A whole sentence.
    let message: String
    /// Where in the text that was sent, in UTF-8 bytes from 0.
    let position: Int?
    /// Each thing that is wrong, where several were found at once.
    let problems: [String]

    /// What the program ends with.
    var exitStatus: ExitStatus {
        switch httpStatus {
        case 401, 403: .notAllowed
        case 502, 503, 504: .unreachable
        default: .failed
        }
    }

    /// The message, and below it `text` with a mark under the position.
    ///
    /// - Parameter text: What the position counts in.
    func explanation(marking text: String) -> String {
        position.map { message + "\n" + TextMark.line(in: text, utf8Offset: $0) } ?? message
    }
}
