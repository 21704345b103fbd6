internal import DuetContract

/// A marble as it is stored.
struct Marble {
    var docType = ""
    var id = ""
    var color = ""
    var size: Int64 = 0
    var owner = OwnerRelation()

    /// The owner as known when the marble was last written; only the id is the real link.
    struct OwnerRelation {
        var id = ""
        var username = ""
        var company = ""

        var json: JSONValue {
            ["id": .string(id), "username": .string(username), "company": .string(company)]
        }
    }

    /// A new marble's type is written out; one that was read keeps what it was.
    static let docType = "marble"

    /// Without white space, escaped as Go does.
    var json: JSONValue {
        [
            "docType": .string(docType), "id": .string(id), "color": .string(color), "size": .integer(size),
            "owner": owner.json,
        ]
    }

    /// As the original writes new marbles: joined together without any escaping.
    var longForm: Bytes {
        Bytes(
            "{\n\t\t\"docType\":\"\(Self.docType)\", \n\t\t\"id\": \"\(id)\", \n\t\t\"color\": \"\(color)\", \n\t\t"
                + "\"size\": \(size), \n\t\t\"owner\": {\n\t\t\t\"id\": \"\(owner.id)\", \n\t\t\t\"username\": "
                + "\"\(owner.username)\", \n\t\t\t\"company\": \"\(owner.company)\"\n\t\t}\n\t}")
    }

    /// Takes over what stored bytes say, as leniently as the original: unknown fields and wrong types are passed over,
    /// missing fields stay, and what is no JSON at all says nothing.
    mutating func take(_ bytes: Bytes) {
        LenientFields(bytes)?.forEach { name, value in
            switch name {
            case "doctype": value.take(&docType)
            case "id": value.take(&id)
            case "color": value.take(&color)
            case "size": value.take(&size)
            case "owner":
                LenientFields(value.json)?.forEach { name, value in
                    switch name {
                    case "id": value.take(&owner.id)
                    case "username": value.take(&owner.username)
                    case "company": value.take(&owner.company)
                    default: break
                    }
                }
            default: break
            }
        }
    }
}

/// Somebody who owns marbles, as stored.
struct Owner {
    var docType = "marble_owner"
    var id = ""
    var username = ""
    var company = ""
    var isEnabled = false

    /// An owner without a name is none.
    var exists: Bool { !username.isEmpty }

    var json: JSONValue {
        [
            "docType": .string(docType), "id": .string(id), "username": .string(username), "company": .string(company),
            "enabled": .bool(isEnabled),
        ]
    }

    /// Takes over what stored bytes say; see ``Marble/take(_:)``.
    mutating func take(_ bytes: Bytes) {
        docType = ""
        LenientFields(bytes)?.forEach { name, value in
            switch name {
            case "doctype": value.take(&docType)
            case "id": value.take(&id)
            case "username": value.take(&username)
            case "company": value.take(&company)
            case "enabled": value.take(&isEnabled)
            default: break
            }
        }
    }
}

/// The members of a JSON object in their order, read as Go's `encoding/json` reads into a structure.
struct LenientFields {
    struct Value {
        let json: JSONValue

        func take(_ text: inout String) {
            if case .string(let value) = json { text = value }
        }

        func take(_ number: inout Int64) {
            if case .number(let digits) = json, let value = Int64(digits) { number = value }
        }

        func take(_ flag: inout Bool) {
            if case .bool(let value) = json { flag = value }
        }
    }

    private let members: [JSONValue.Member]

    /// Nil where the bytes are no JSON object.
    init?(_ bytes: Bytes) {
        // One fault anywhere makes all of it unreadable.
        guard let json = try? JSONValue(parsing: bytes) else { return nil }
        self.init(json)
    }

    init?(_ json: JSONValue) {
        guard case .object(let members) = json else { return nil }
        self.members = members
    }

    /// - Parameter body: gets each member's name in lower case, since names match in any letter case.
    func forEach(_ body: (String, Value) -> Void) {
        for member in members { body(Self.folded(member.name), Value(json: member.value)) }
    }

    /// Letters that Go takes for one another: besides the two cases, the Kelvin sign for k and the long s for s.
    private static func folded(_ name: String) -> String {
        String(
            String.UnicodeScalarView(
                name.unicodeScalars.map { scalar in
                    switch scalar {
                    case "A"..."Z": Unicode.Scalar(scalar.value + 32) ?? scalar
                    case "\u{212A}": "k"
                    case "\u{017F}": "s"
                    default: scalar
                    }
                }))
    }
}

extension String {
    /// In lower case code point by code point, as Go's `strings.ToLower` does: `İ` becomes a bare `i`.
    var simplyLowercased: String {
        String(
            String.UnicodeScalarView(
                unicodeScalars.map { scalar in
                    let mapping = scalar.properties.lowercaseMapping.unicodeScalars
                    return mapping.first.map { mapping.count == 1 || scalar == "\u{0130}" ? $0 : scalar } ?? scalar
                }))
    }
}
