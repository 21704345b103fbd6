package import FabricTypes

/// A query over the JSON values of one namespace, in the form of CouchDB's `_find`.
///
/// Source: CouchDB's `mango_opts` and Fabric's `statecouchdb`. A document is what a key's value parses to, with the key
/// as its `_id`; values that are no JSON objects take no part.
package struct RichQuery: Sendable {
    package enum Direction: String, Hashable, Sendable {
        case ascending = "asc"
        case descending = "desc"
    }

    package let selector: Selector
    /// The members to return; nil returns the value verbatim.
    package let fields: [FieldPath]?
    package let sort: [FieldPath]
    package let direction: Direction
    /// At most so many results; nil for no limit of the query's own.
    package let limit: Int?
    package let skip: Int
    package private(set) var bookmark: Bookmark?
    /// Which index to prefer: a design document's name and, if given, the index's.
    package let preferredIndex: (designDocument: String, name: String?)?

    package static let byteCountMax = 1 << 20

    /// - Throws: ``SelectorError`` with a sentence that names the option and its value.
    package init(parsing bytes: Bytes, engine: any RegexEngine) throws(SelectorError) {
        guard bytes.count <= Self.byteCountMax else {
            throw SelectorError(
                .malformed, "The query has \(bytes.count) bytes; at most \(Self.byteCountMax) are allowed.")
        }
        let document: JSONValue
        do throws(JSONError) {
            document = try JSONParser.parse(bytes)
        } catch {
            throw SelectorError(.malformed, "The query cannot be read. \(error)")
        }
        guard let object = document.object else {
            throw SelectorError(.malformed, "The query must be a JSON object, not \(document.typeName).")
        }
        guard let selector = object["selector"] else {
            throw SelectorError(.malformed, "The query has no \"selector\".")
        }
        try Self.checkOptions(object)
        self.selector = try SelectorParser(engine: engine).selector(selector)
        self.fields = try Self.fields(object["fields"])
        (self.sort, self.direction) = try Self.sort(object["sort"])
        self.limit = try Self.count("limit", object["limit"])
        self.skip = try Self.count("skip", object["skip"]) ?? 0
        self.bookmark = try Self.bookmark(object["bookmark"])
        self.preferredIndex = try Self.index(object["use_index"])
    }

    /// The same query going on where a page ended; from the beginning for an empty text.
    ///
    /// - Throws: ``SelectorError`` for a text that no query of ours has returned.
    package func continued(at bookmark: Bytes) throws(SelectorError) -> RichQuery {
        var query = self
        query.bookmark = try Bookmark(bookmark)
        return query
    }

    /// Options that steer a CouchDB cluster and mean nothing here.
    private static let ignoredOptions = [
        "r", "conflicts", "stable", "update", "stale", "execution_stats", "allow_fallback", "partition",
    ]
    private static let options = ["selector", "fields", "sort", "limit", "skip", "bookmark", "use_index"]

    private static func checkOptions(_ object: JSONObject) throws(SelectorError) {
        for member in object.members {
            let name = member.name.lossyText
            guard options.contains(name) || ignoredOptions.contains(name) else {
                throw SelectorError(
                    .unknownOption,
                    "The query's option \"\(name)\" is not known; there are \(options.joined(separator: ", ")).")
            }
        }
    }

    private static func invalid(_ option: String, _ value: JSONValue, _ expected: String) -> SelectorError {
        SelectorError(
            .invalidArgument, "The query's \"\(option)\" must be \(expected), not \(value.encoded.shortText).")
    }

    private static func fields(_ value: JSONValue?) throws(SelectorError) -> [FieldPath]? {
        guard let value else { return nil }
        guard let elements = value.array else { throw invalid("fields", value, "an array of texts") }
        var paths: [FieldPath] = []
        for element in elements {
            guard let text = element.text else { throw invalid("fields", value, "an array of texts") }
            paths.append(FieldPath(text))
        }
        // CouchDB takes an empty list for all of them.
        return paths.isEmpty ? nil : paths
    }

    private static func sort(_ value: JSONValue?) throws(SelectorError) -> ([FieldPath], Direction) {
        guard let value else { return ([], .ascending) }
        let expected = "an array of field names or of objects such as {\"size\": \"desc\"}"
        guard let elements = value.array else { throw invalid("sort", value, expected) }
        var paths: [FieldPath] = []
        var directions: Set<Direction> = []
        for element in elements {
            if let text = element.text {
                paths.append(FieldPath(text))
                directions.insert(.ascending)
            } else if let member = element.object?.members.first, element.object?.members.count == 1,
                let direction = member.value.text?.utf8Text.flatMap(Direction.init)
            {
                paths.append(FieldPath(member.name))
                directions.insert(direction)
            } else {
                throw invalid("sort", value, expected)
            }
        }
        guard directions.count <= 1 else { throw invalid("sort", value, "of one direction for all fields") }
        return (paths, directions.first ?? .ascending)
    }

    private static func count(_ option: String, _ value: JSONValue?) throws(SelectorError) -> Int? {
        guard let value else { return nil }
        guard let count = value.integer, count >= 0 else { throw invalid(option, value, "an integer from 0") }
        return count
    }

    private static func bookmark(_ value: JSONValue?) throws(SelectorError) -> Bookmark? {
        guard let value, value != .null else { return nil }
        guard let text = value.text else { throw invalid("bookmark", value, "a text") }
        return try Bookmark(text)
    }

    private static func index(_ value: JSONValue?) throws(SelectorError) -> (designDocument: String, name: String?)? {
        guard let value else { return nil }
        func name(_ text: Bytes) -> String {
            let name = text.lossyText
            return name.hasPrefix("_design/") ? String(name.dropFirst("_design/".count)) : name
        }
        if let text = value.text { return text.isEmpty ? nil : (name(text), nil) }
        let texts = value.array?.compactMap(\.text) ?? []
        guard texts.count == value.array?.count, texts.count == 1 || texts.count == 2 else {
            throw invalid("use_index", value, "a design document's name, or an array of that and an index's name")
        }
        return (name(texts[0]), texts.count == 2 ? texts[1].lossyText : nil)
    }
}
