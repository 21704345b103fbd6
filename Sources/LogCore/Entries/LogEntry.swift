/// A name and a text. Names may repeat within an entry; the first one counts for queries.
package struct LogField: Hashable, Sendable {
    package var name: String
    package var value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// One line of log: a time and fields.
///
/// Topic, source and tags belong to the group an entry was written with; they are queried as the fields `__topic__`,
/// `__source__` and `__tag__:<name>`. Texts are valid UTF-8: bytes that were not are U+FFFD by the time they are here.
package struct LogEntry: Hashable, Sendable {
    package var time: LogTime
    package var topic: String
    package var source: String
    package var tags: [LogField]
    package var fields: [LogField]

    package init(time: LogTime, topic: String = "", source: String = "", tags: [LogField] = [], fields: [LogField]) {
        self.time = time
        self.topic = topic
        self.source = source
        self.tags = tags
        self.fields = fields
    }

    /// All names and texts that queries see, reserved ones included, in stored order.
    package var searchableFields: [LogField] {
        [LogField(ReservedField.topic, topic), LogField(ReservedField.source, source)]
            + tags.map { LogField(ReservedField.tagPrefix + $0.name, $0.value) } + fields
    }

    /// UTF-8 bytes of all names and texts, for limits and totals.
    package var byteCount: Int {
        (tags + fields).reduce(topic.utf8.count + source.utf8.count) { $0 + $1.name.utf8.count + $1.value.utf8.count }
    }
}

/// Field names that the log service gives a meaning.
package enum ReservedField {
    package static let time = "__time__"
    package static let nanosecondPart = "__time_ns_part__"
    package static let topic = "__topic__"
    package static let source = "__source__"
    /// Followed by the tag's name.
    package static let tagPrefix = "__tag__:"
}
