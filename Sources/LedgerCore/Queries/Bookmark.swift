package import FabricTypes

/// Where a page of results ended: the last result's place in the order of the query.
///
/// Opaque to clients. Source of the idea: CouchDB's `mango_json_bookmark`.
package struct Bookmark: Hashable, Sendable {
    /// The last result's entry in the index, empty where the keys themselves gave the order.
    package let entry: Bytes
    package let key: Bytes

    package init(entry: Bytes, key: Bytes) {
        self.entry = entry
        self.key = key
    }

    /// nil for the empty text and CouchDB's `nil`, which begin at the beginning.
    ///
    /// - Throws: ``SelectorError`` for a text that no query of ours has returned.
    package init?(_ text: Bytes) throws(SelectorError) {
        if text.isEmpty || text == Bytes("nil") { return nil }
        let error = SelectorError(
            .invalidBookmark, "The bookmark \"\(text.shortText)\" is not one that a query returned.")
        let parts = text.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let entry = Bytes(hex: parts[0].lossyText), let key = Bytes(hex: parts[1].lossyText)
        else { throw error }
        self.init(entry: entry, key: key)
    }

    package var text: Bytes { Bytes("\(entry.hex).\(key.hex)") }
}
