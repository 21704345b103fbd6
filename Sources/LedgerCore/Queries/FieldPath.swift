package import FabricTypes

/// The way to a value inside a document: member names, or positions in arrays.
///
/// Source: CouchDB's `mango_doc:get_field`. Names are separated by dots; `\.` is a dot that belongs to the name.
package struct FieldPath: Hashable, Sendable {
    package let names: [Bytes]

    package init(names: [Bytes]) {
        self.names = names
    }

    package init(_ text: Bytes) {
        var names: [Bytes] = []
        var name: [UInt8] = []
        var isEscaped = false
        for byte in text {
            switch byte {
            case UInt8(ascii: "\\") where !isEscaped:
                isEscaped = true
                continue
            case UInt8(ascii: ".") where !isEscaped:
                names.append(Bytes(name))
                name = []
            default:
                if isEscaped, byte != UInt8(ascii: "."), byte != UInt8(ascii: "\\") { name.append(UInt8(ascii: "\\")) }
                name.append(byte)
            }
            isEscaped = false
        }
        if isEscaped { name.append(UInt8(ascii: "\\")) }
        names.append(Bytes(name))
        self.names = names
    }

    package enum Lookup: Hashable, Sendable {
        case found(JSONValue)
        case absent
        /// The way leads through a value that has no members, such as a number.
        case blocked
    }

    package func look(up document: JSONValue) -> Lookup {
        var value = document
        for name in names {
            switch value {
            case .object(let object):
                guard let member = object[name] else { return .absent }
                value = member
            case .array(let elements):
                guard let text = name.utf8Text, let index = Int(text) else { return .blocked }
                guard elements.indices.contains(index) else { return .absent }
                value = elements[index]
            default:
                return .blocked
            }
        }
        return .found(value)
    }

    package func value(in document: JSONValue) -> JSONValue? {
        if case .found(let value) = look(up: document) { value } else { nil }
    }

    /// The path as a query spells it.
    package var text: String {
        names.map { $0.lossyText.replacing("\\", with: "\\\\").replacing(".", with: "\\.") }.joined(separator: ".")
    }
}
