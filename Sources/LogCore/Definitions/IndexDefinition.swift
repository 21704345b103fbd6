/// Which fields of a logstore are searched, and how their texts are cut into words: the log service's index document.
///
/// Encodes and decodes with the service's own member names. A logstore without an index is searched as if it had a
/// full-text index with the default separators.
package struct IndexDefinition: Hashable, Sendable, Codable {
    /// Full-text index over all fields.
    package struct Line: Hashable, Sendable, Codable {
        package var token: [String]
        package var caseSensitive: Bool?
        package var chn: Bool?
        /// If present, only these fields are covered.
        package var includeKeys: [String]?
        package var excludeKeys: [String]?

        package init(token: [String], caseSensitive: Bool? = nil, chn: Bool? = nil) {
            self.token = token
            self.caseSensitive = caseSensitive
            self.chn = chn
        }

        enum CodingKeys: String, CodingKey {
            case token
            case caseSensitive
            case chn
            case includeKeys = "include_keys"
            case excludeKeys = "exclude_keys"
        }
    }

    /// Index of one field; where it exists it decides over the full-text index.
    package struct Key: Hashable, Sendable, Codable {
        package enum Kind: String, Hashable, Sendable, Codable {
            case text
            case long
            case double
            case json
        }

        package var type: Kind?
        package var token: [String]?
        package var caseSensitive: Bool?
        package var chn: Bool?
        /// A second name for the field in `select`.
        package var alias: String?

        package init(
            type: Kind? = nil, token: [String]? = nil, caseSensitive: Bool? = nil, chn: Bool? = nil,
            alias: String? = nil
        ) {
            self.type = type
            self.token = token
            self.caseSensitive = caseSensitive
            self.chn = chn
            self.alias = alias
        }
    }

    package static let keyCountMax = 1_000

    package var line: Line?
    package var keys: [String: Key]?

    package init(line: Line? = nil, keys: [String: Key]? = nil) {
        self.line = line
        self.keys = keys
    }
}

/// An index definition after its check: answers how a field is searched.
package struct LogIndex: Hashable, Sendable {
    package enum FieldRule: Hashable, Sendable {
        case text(TokenRule)
        case number
    }

    /// What a logstore without index gets.
    package static let `default` = LogIndex()

    let lineRule: TokenRule?
    let lineIncludes: Set<[UInt8]>?
    let lineExcludes: Set<[UInt8]>
    let keyRules: [[UInt8]: FieldRule]
    /// Names and second names of the indexed fields, with those that hold numbers marked; sorted by name.
    package let columns: [Column]

    package struct Column: Hashable, Sendable {
        package let name: String
        package let field: String
        package let kind: IndexDefinition.Key.Kind
    }

    private init() {
        (lineRule, lineIncludes, lineExcludes, keyRules, columns) = (.default, nil, [], [:], [])
    }

    /// - Throws: ``InvalidIndex`` for a separator that breaks its rule, too many keys, or an index over nothing.
    package init(_ definition: IndexDefinition) throws(InvalidIndex) {
        let keys = definition.keys ?? [:]
        guard definition.line != nil || !keys.isEmpty else {
            throw InvalidIndex(message: "The index has neither \"line\" nor \"keys\": name at least one of them.")
        }
        guard keys.count <= IndexDefinition.keyCountMax else {
            throw InvalidIndex(
                message: "The index has \(keys.count) keys; at most \(IndexDefinition.keyCountMax) are allowed.")
        }
        lineRule = try definition.line.map { line throws(InvalidIndex) in
            try Self.rule(token: line.token, caseSensitive: line.caseSensitive, chn: line.chn, where: "line")
        }
        lineIncludes = definition.line?.includeKeys.map { Set($0.map { Array($0.utf8) }) }
        lineExcludes = Set((definition.line?.excludeKeys ?? []).map { Array($0.utf8) })
        var keyRules: [[UInt8]: FieldRule] = [:]
        var columns: [Column] = []
        for (name, key) in keys.sorted(by: { $0.key < $1.key }) {
            let kind = key.type ?? .text
            switch kind {
            case .long, .double: keyRules[Array(name.utf8)] = .number
            case .text, .json:
                keyRules[Array(name.utf8)] = .text(
                    try Self.rule(
                        token: key.token, caseSensitive: key.caseSensitive, chn: key.chn, where: "key \"\(name)\""))
            }
            columns.append(Column(name: name, field: name, kind: kind))
            if let alias = key.alias, !alias.isEmpty {
                columns.append(Column(name: alias, field: name, kind: kind))
            }
        }
        self.keyRules = keyRules
        self.columns = columns
    }

    /// How `field: x` looks at the field.
    package func rule(forField name: String) -> FieldRule {
        keyRules[Array(name.utf8)] ?? .text(lineRule ?? .default)
    }

    /// Most logstores have one rule for everything, and need no look at names then.
    var treatsFieldsAlike: Bool { keyRules.isEmpty && lineIncludes == nil && lineExcludes.isEmpty }

    /// How a word without field looks at the field, or nil when the full-text search does not cover it.
    func fullTextRule(forFieldNamed name: UnsafeBufferPointer<UInt8>) -> TokenRule? {
        if treatsFieldsAlike { return lineRule }
        let name = Array(name)
        switch keyRules[name] {
        case .text(let rule): return rule
        case .number: return nil
        case nil: break
        }
        if let lineIncludes, !lineIncludes.contains(name) { return nil }
        return lineExcludes.contains(name) ? nil : lineRule
    }

    /// The different rules that full-text words may meet.
    var fullTextRules: Set<TokenRule> {
        var rules = Set(
            keyRules.values.compactMap { rule in
                if case .text(let rule) = rule { rule } else { nil }
            })
        if let lineRule { rules.insert(lineRule) }
        return rules
    }

    private static func rule(
        token: [String]?, caseSensitive: Bool?, chn: Bool?, where place: String
    ) throws(InvalidIndex) -> TokenRule {
        do {
            return try TokenRule(
                separators: token ?? TokenRule.defaultSeparators.map { String($0) },
                isCaseSensitive: caseSensitive ?? false, splitsHan: chn ?? false)
        } catch {
            throw InvalidIndex(message: "The index of \(place) is not valid. \(error)")
        }
    }
}

/// An index definition that cannot be used.
package struct InvalidIndex: Error, Hashable, Sendable, CustomStringConvertible {
    package let message: String
    package var description: String { message }
}
