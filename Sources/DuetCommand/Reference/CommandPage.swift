internal import ArgumentParser
internal import Foundation

/// Every command with its arguments, from the description that the argument parser gives of them.
enum CommandPage {
    private struct Dump: Decodable {
        let command: Command
    }

    private struct Command: Decodable {
        let commandName: String
        let abstract: String?
        let discussion: String?
        let shouldDisplay: Bool
        let defaultSubcommand: String?
        let arguments: [Argument]?
        let subcommands: [Command]?
    }

    private struct Argument: Decodable {
        struct Name: Decodable {
            let kind: String
            let name: String

            var text: String { kind == "long" ? "--\(name)" : "-\(name)" }
        }

        let kind: String
        let shouldDisplay: Bool
        let isOptional: Bool
        let isRepeating: Bool
        let names: [Name]?
        let valueName: String?
        let defaultValue: String?
        let allValues: [String]?
        let abstract: String?
        let discussion: String?

        /// `--node <address>`, `<template>`.
        var form: String {
            let value = "<\(valueName ?? "")>"
            let names = (names ?? []).map(\.text).joined(separator: ", ")
            let form = kind == "positional" ? value : kind == "option" ? "\(names) \(value)" : names
            return form + (isRepeating ? " …" : "")
        }

        /// Every command has these.
        var isCommon: Bool { (names ?? []).contains { ["help", "version"].contains($0.name) } }
    }

    static func make() throws -> ReferencePage {
        let root: Command
        do {
            root = try JSONDecoder().decode(Dump.self, from: Data(RootCommand._dumpHelp().utf8)).command
        } catch {
            throw CommandError(.failed, "The argument parser's description of the commands cannot be read: \(error)")
        }
        var parts = [root.abstract ?? "", paragraphs(root.discussion), "Every command takes `--help` and `--version`."]
        for command in shown(root) { add(command, path: root.commandName, level: 2, to: &parts) }
        return ReferencePage("cli.md", title: "Commands", parts.filter { !$0.isEmpty })
    }

    private static func shown(_ command: Command) -> [Command] {
        (command.subcommands ?? []).filter { $0.shouldDisplay && $0.commandName != "help" }
    }

    private static func add(_ command: Command, path: String, level: Int, to parts: inout [String]) {
        let path = "\(path) \(command.commandName)"
        parts.append("\(String(repeating: "#", count: min(level, 4))) `\(path)`")
        parts.append(escaped(command.abstract))
        parts.append(paragraphs(command.discussion))
        if let standard = command.defaultSubcommand { parts.append("Without a verb: `\(path) \(standard)`.") }
        var table = MarkdownTable(["Argument", "Default", "Meaning"])
        for argument in command.arguments ?? [] where argument.shouldDisplay && !argument.isCommon {
            table.append([
                "`\(argument.form)`",
                argument.defaultValue.map { "`\($0)`" } ?? (argument.isOptional ? "" : "required"),
                meaning(of: argument),
            ])
        }
        if !table.isEmpty { parts.append(table.text) }
        parts.removeAll(where: \.isEmpty)
        for subcommand in shown(command) { add(subcommand, path: path, level: level + 1, to: &parts) }
    }

    private static func meaning(of argument: Argument) -> String {
        var sentences = [argument.abstract, argument.discussion].compactMap { $0 }.filter { !$0.isEmpty }
        let values = argument.allValues ?? []
        if !values.isEmpty, !sentences.contains(where: { text in values.allSatisfy { text.contains($0) } }) {
            sentences.append("One of \(values.joined(separator: ", ")).")
        }
        return escaped(sentences.joined(separator: " "))
    }

    /// Lines of a discussion are its paragraphs.
    private static func paragraphs(_ text: String?) -> String {
        escaped(text).split(separator: "\n").joined(separator: "\n\n")
    }

    /// Placeholders in angle brackets would vanish as HTML.
    private static func escaped(_ text: String?) -> String {
        (text ?? "").replacing("<", with: "&lt;").replacing("*", with: "\\*")
    }
}
