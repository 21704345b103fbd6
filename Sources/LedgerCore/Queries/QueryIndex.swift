package import FabricTypes

/// An index that a contract declares in `META-INF/statedb/couchdb/indexes/*.json`.
///
/// It holds each document that has all of the index's fields, ordered by their values, then by key.
package struct QueryIndex: Hashable, Sendable {
    package let designDocument: String
    package let name: String
    package let fields: [FieldPath]

    package init(designDocument: String, name: String, fields: [FieldPath]) {
        self.designDocument = designDocument
        self.name = name
        self.fields = fields
    }

    package static let fieldCountMax = 16

    /// Reads the form that CouchDB's `_index` takes: `{"index":{"fields":[…]},"ddoc":…,"name":…,"type":"json"}`.
    ///
    /// Directions of fields are accepted; an index is read either way. Partial indexes are refused.
    package init(parsing bytes: Bytes) throws(SelectorError) {
        let document: JSONValue
        do throws(JSONError) {
            document = try JSONParser.parse(bytes)
        } catch {
            throw SelectorError(.malformed, "The index definition cannot be read. \(error)")
        }
        func refuse(_ message: String) -> SelectorError { SelectorError(.invalidArgument, message) }
        guard let object = document.object, let index = object["index"]?.object,
            let fields = index["fields"]?.array, !fields.isEmpty, fields.count <= Self.fieldCountMax
        else {
            throw refuse(
                "An index definition needs \"index\": {\"fields\": […]} with 1 to \(Self.fieldCountMax) fields.")
        }
        if let type = object["type"], type != JSONValue("json") {
            throw refuse("The index type \(type.encoded.shortText) is not supported; only \"json\" is.")
        }
        if index["partial_filter_selector"] != nil {
            throw refuse("An index with \"partial_filter_selector\" is not supported; index the fields as a whole.")
        }
        var paths: [FieldPath] = []
        for field in fields {
            if let text = field.text {
                paths.append(FieldPath(text))
            } else if let member = field.object?.members.first, field.object?.members.count == 1,
                let direction = member.value.text?.utf8Text, RichQuery.Direction(rawValue: direction) != nil
            {
                paths.append(FieldPath(member.name))
            } else {
                throw refuse("An index's field must be a text or an object such as {\"size\": \"desc\"}.")
            }
        }
        guard Set(paths).count == paths.count else { throw refuse("An index must not name a field twice.") }
        self.fields = paths
        let name = object["name"]?.text?.utf8Text ?? paths.map(\.text).joined(separator: "-")
        self.name = name
        self.designDocument = object["ddoc"]?.text?.utf8Text ?? name
    }

    /// The document's place in the index; nil if it lacks one of the fields.
    package func entry(for document: JSONValue) -> Bytes? {
        var values: [JSONValue] = []
        for field in fields {
            guard let value = field.value(in: document) else { return nil }
            values.append(value)
        }
        return JSONIndexKey.encode(values)
    }
}
