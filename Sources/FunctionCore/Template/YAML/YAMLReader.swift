internal import CYaml

/// Reads one YAML document into nodes that know their lines.
///
/// Works on libyaml's events rather than on a finished tree, so that the bounds hold while reading: an alias costs as much as
/// what it stands for, and a document that grows beyond ``nodeCountMax`` by aliases is refused before it does.
package enum YAMLReader {
    /// Bytes of a template.
    package static let byteCountMax = 1 << 20
    /// Nodes of the document, with every alias counted as what it stands for.
    package static let nodeCountMax = 100_000
    package static let nestingMax = 60

    /// - Throws: ``InvalidTemplate`` with the one problem that stopped reading, or with all keys that stand twice.
    package static func read(_ bytes: [UInt8]) throws(InvalidTemplate) -> TemplateNode {
        guard bytes.count <= byteCountMax else {
            throw InvalidTemplate(problems: [
                TemplateProblem(
                    line: 0, key: "", reason: "it has \(bytes.count) bytes, \(byteCountMax) are the most",
                    remedy: "Move code and data out of the template.")
            ])
        }
        var composer = YAMLComposer()
        return try composer.compose(bytes)
    }
}

private struct YAMLComposer {
    private struct Anchored {
        var node: TemplateNode
        var nodeCount: Int
    }

    private var anchors: [String: Anchored] = [:]
    private var nodeCount = 0
    private var duplicates: [TemplateProblem] = []

    mutating func compose(_ bytes: [UInt8]) throws(InvalidTemplate) -> TemplateNode {
        var parser = yaml_parser_t()
        guard yaml_parser_initialize(&parser) == 1 else { throw refuse(line: 0, "there is no memory to read it") }
        defer { yaml_parser_delete(&parser) }
        let result: Result<TemplateNode, InvalidTemplate> = bytes.withUnsafeBufferPointer { buffer in
            yaml_parser_set_input_string(&parser, buffer.baseAddress, buffer.count)
            do throws(InvalidTemplate) {
                return .success(try composeDocument(&parser))
            } catch {
                return .failure(error)
            }
        }
        let node = try result.get()
        guard duplicates.isEmpty else { throw InvalidTemplate(problems: duplicates) }
        return node
    }

    private mutating func composeDocument(_ parser: inout yaml_parser_t) throws(InvalidTemplate) -> TemplateNode {
        var event = try next(&parser)  // the stream's start
        event = try next(&parser)
        guard event.type == YAML_DOCUMENT_START_EVENT else {
            throw refuse(line: 0, "it is empty", remedy: "Write at least one service; see \"duet init\".")
        }
        event = try next(&parser)
        let root = try composeNode(event, &parser, nesting: 0)
        event = try next(&parser)  // the document's end
        event = try next(&parser)
        guard event.type == YAML_STREAM_END_EVENT else {
            throw refuse(line: event.line, "a second document begins here", remedy: "Keep one document in a template.")
        }
        return root
    }

    private mutating func composeNode(
        _ event: YAMLEvent, _ parser: inout yaml_parser_t, nesting: Int
    ) throws(InvalidTemplate) -> TemplateNode {
        guard nesting <= YAMLReader.nestingMax else {
            throw refuse(line: event.line, "it is nested deeper than \(YAMLReader.nestingMax)")
        }
        let countBefore = nodeCount
        let node: TemplateNode
        switch event.type {
        case YAML_ALIAS_EVENT:
            return try resolveAlias(event)
        case YAML_SCALAR_EVENT:
            try count(1, line: event.line)
            node = TemplateNode(.scalar(event.value, isPlain: event.isPlain), line: event.line, tag: event.tag)
        case YAML_SEQUENCE_START_EVENT:
            try count(1, line: event.line)
            var elements: [TemplateNode] = []
            while true {
                let element = try next(&parser)
                if element.type == YAML_SEQUENCE_END_EVENT { break }
                elements.append(try composeNode(element, &parser, nesting: nesting + 1))
            }
            node = TemplateNode(.sequence(elements), line: event.line, tag: event.tag)
        case YAML_MAPPING_START_EVENT:
            try count(1, line: event.line)
            node = try composeMapping(event, &parser, nesting: nesting)
        default:
            throw refuse(line: event.line, "a value should stand here")
        }
        if let anchor = event.anchor { anchors[anchor] = Anchored(node: node, nodeCount: nodeCount - countBefore) }
        return node
    }

    private mutating func composeMapping(
        _ event: YAMLEvent, _ parser: inout yaml_parser_t, nesting: Int
    ) throws(InvalidTemplate) -> TemplateNode {
        var entries: [TemplateNode.Entry] = []
        var lines: [String: Int] = [:]
        var merged: [TemplateNode.Entry] = []
        while true {
            let key = try next(&parser)
            if key.type == YAML_MAPPING_END_EVENT { break }
            guard key.type == YAML_SCALAR_EVENT else {
                throw refuse(line: key.line, "a key is not a plain text", remedy: "Write keys as words.")
            }
            let value = try composeNode(try next(&parser), &parser, nesting: nesting + 1)
            if key.value == "<<", key.isPlain {
                merged += try mergedEntries(of: value)
                continue
            }
            if let first = lines.updateValue(key.line, forKey: key.value) {
                duplicates.append(
                    TemplateProblem(
                        line: key.line, key: key.value, reason: "this key stands already on line \(first)",
                        remedy: "Keep one of the two."))
                continue
            }
            entries.append(.init(key: key.value, keyLine: key.line, value: value))
        }
        for entry in merged where lines[entry.key] == nil {
            lines[entry.key] = entry.keyLine
            entries.append(entry)
        }
        return TemplateNode(.mapping(entries), line: event.line, tag: event.tag)
    }

    /// YAML's merge key: the maps named by `<<` give what the map does not have, earlier ones first.
    private func mergedEntries(of value: TemplateNode) throws(InvalidTemplate) -> [TemplateNode.Entry] {
        if let entries = value.entries { return entries }
        var entries: [TemplateNode.Entry] = []
        for element in value.elements ?? [] {
            guard let more = element.entries else {
                throw refuse(line: element.line, "only maps can be merged by \"<<\"")
            }
            entries += more
        }
        guard value.elements != nil else { throw refuse(line: value.line, "only maps can be merged by \"<<\"") }
        return entries
    }

    private mutating func resolveAlias(_ event: YAMLEvent) throws(InvalidTemplate) -> TemplateNode {
        guard let name = event.anchor, let anchored = anchors[name] else {
            throw refuse(
                line: event.line, "the alias \"*\(event.anchor ?? "")\" names no anchor before it",
                remedy: "Write \"&\(event.anchor ?? "name")\" at the value it should repeat.")
        }
        try count(anchored.nodeCount, line: event.line)
        return anchored.node
    }

    private mutating func count(_ count: Int, line: Int) throws(InvalidTemplate) {
        nodeCount += count
        guard nodeCount <= YAMLReader.nodeCountMax else {
            throw refuse(
                line: line, "it has more than \(YAMLReader.nodeCountMax) values, repeated ones by aliases included",
                remedy: "Use fewer aliases of aliases.")
        }
    }

    private func next(_ parser: inout yaml_parser_t) throws(InvalidTemplate) -> YAMLEvent {
        var event = yaml_event_t()
        guard yaml_parser_parse(&parser, &event) == 1 else {
            let reason = parser.problem.map { String(cString: $0) } ?? "it cannot be read"
            let context = parser.context.map { String(cString: $0) + ", " } ?? ""
            throw refuse(line: Int(clamping: parser.problem_mark.line) + 1, "this is not YAML (\(context)\(reason))")
        }
        defer { yaml_event_delete(&event) }
        return YAMLEvent(event)
    }

    private func refuse(
        line: Int, _ reason: String, remedy: String = "Mend the line and deploy again."
    ) -> InvalidTemplate {
        InvalidTemplate(problems: [TemplateProblem(line: line, key: "", reason: reason, remedy: remedy)])
    }
}

/// The parts of a libyaml event that we keep; the event itself is freed at once.
private struct YAMLEvent {
    var type: yaml_event_type_t
    var line: Int
    var value = ""
    var isPlain = false
    var anchor: String?
    var tag: String?

    init(_ event: yaml_event_t) {
        type = event.type
        line = Int(clamping: event.start_mark.line) + 1
        switch event.type {
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            value = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
            isPlain = scalar.style == YAML_PLAIN_SCALAR_STYLE
            set(anchor: scalar.anchor, tag: scalar.tag)
        case YAML_SEQUENCE_START_EVENT:
            set(anchor: event.data.sequence_start.anchor, tag: event.data.sequence_start.tag)
        case YAML_MAPPING_START_EVENT:
            set(anchor: event.data.mapping_start.anchor, tag: event.data.mapping_start.tag)
        case YAML_ALIAS_EVENT:
            set(anchor: event.data.alias.anchor, tag: nil)
        default:
            break
        }
    }

    private mutating func set(anchor: UnsafePointer<UInt8>?, tag: UnsafePointer<UInt8>?) {
        self.anchor = anchor.map { String(cString: $0) }
        guard let tag = tag.map({ String(cString: $0) }) else { return }
        if tag == "tag:yaml.org,2002:str" {
            isPlain = false
        } else if tag.hasPrefix("!"), tag.count > 1 {
            self.tag = String(tag.dropFirst())
        }
    }
}
