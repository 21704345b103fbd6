internal import FunctionCore
internal import FunctionTypes
internal import TriggerCore
internal import TriggerService

/// Every property of a template, from what its readers ask a template for that has all there is.
enum TemplatePage {
    static func make() throws -> ReferencePage {
        let keys = SettingKeys()
        var options = TemplateParser.Options(organization: OrganizationName(unchecked: "Org1MSP"))
        options.eventSources = LedgerEventSources()
        do {
            _ = try TemplateParser.parse(Array(TemplateSample.text.utf8), options: options, noting: keys)
        } catch {
            throw CommandError(.failed, "The reference's own template is refused: \(error)")
        }
        var meanings = TemplateMeanings.all
        var parts = [
            "A template is checked whole before anything changes; `duet deploy` lists every problem by line. A property that is "
                + "not in these tables is refused. Every resource has a `Type` and takes a `Condition`. [Functions](../functions.md) and [triggers](../triggers.md) say how things work."
        ]
        for section in TemplateSample.sections where !section.title.isEmpty {
            var table = MarkdownTable(["Property", "Value", "Default", "Meaning"])
            for key in keys.keys where TemplateSample.section(of: key.path)?.title == section.title {
                let name = String(key.path.dropFirst(section.prefix.count))
                append(key, name: name, in: section.title, to: &table, &meanings)
            }
            parts += ["## \(section.title)", section.text, table.text]
        }
        parts += try ledgerEvents(&meanings)
        guard meanings.isEmpty else {
            throw CommandError(.failed, "No reader asks for \(meanings.keys.sorted()): remove their explanations.")
        }
        return ReferencePage("template.md", title: "The template", parts.filter { !$0.isEmpty })
    }

    private static func append(
        _ key: SettingKeys.Key, name: String, in section: String, to table: inout MarkdownTable,
        _ meanings: inout [String: String]
    ) {
        // Every resource has them.
        guard !["Type", "Condition", "Properties"].contains(name) else { return }
        let meaning = meanings.removeValue(forKey: "\(section)/\(name)")
        table.append([
            "`\(name)`", MarkdownTable.value(of: key), MarkdownTable.code(key.standard),
            key.withoutEffect.map { "no effect here: \($0)" } ?? meaning ?? "",
        ])
    }

    /// The events that the ledger's half knows, with its own reader.
    private static func ledgerEvents(_ meanings: inout [String: String]) throws -> [String] {
        let title = "Events: ContractEvent, Transaction, Block, OrderedBlock"
        func keys(_ source: LedgerTrigger.Source) throws -> SettingKeys {
            let keys = SettingKeys()
            let sample: JSONValue = ["Channel": "c", "Retry": [:], "Sink": ["Url": "http://localhost/"]]
            _ = try LedgerTrigger(source: source, parsing: sample, noting: keys)
            return keys
        }
        let ofBlocks = Set(try keys(.block).keys.map(\.path))
        var table = MarkdownTable(["Property", "Value", "Default", "Meaning"])
        for key in try keys(.contractEvent).keys {
            let standard = meanings.removeValue(forKey: "\(title)/\(key.path)=")
            let meaning = meanings.removeValue(forKey: "\(title)/\(key.path)") ?? ""
            table.append([
                "`\(key.path)`", MarkdownTable.value(of: key), MarkdownTable.code(standard),
                meaning + (ofBlocks.contains(key.path) ? "" : " (`ContractEvent` and `Transaction`)"),
            ])
        }
        return [
            "## \(title)", "Below `Events` of a function, as `Type`. [Triggers](../triggers.md) has examples.",
            table.text,
        ]
    }
}
