/// Reads numbers as Go's `strconv.ParseUint` does, with its words for what is none: tools print them.
enum GoNumber {
    struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    static func unsigned(_ text: String) throws(Fault) -> UInt64 {
        func fault(_ reason: String) -> Fault {
            Fault(description: "strconv.ParseUint: parsing \(quoted(text)): \(reason)")
        }
        let digits = text.utf8
        guard !digits.isEmpty, digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            throw fault("invalid syntax")
        }
        guard let number = UInt64(text) else { throw fault("value out of range") }
        return number
    }

    /// The text between quotation marks, at most so much of it as a message needs.
    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars.prefix(200) {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
