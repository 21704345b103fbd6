internal import Foundation
internal import FunctionCore
internal import FunctionStorage
internal import FunctionTypes
internal import TriggerService

/// A template on disk with the code it names, ready to be sent.
struct TemplateFile {
    /// Where `fun` looks, in this order.
    private static let names = [
        ".fun/build/artifacts/template.yml", "template.yml", "template.yaml", "faas.yml", "faas.yaml",
    ]

    let path: String
    let text: String
    let template: Template
    /// Each function's code, by `service/function`.
    private(set) var codes: [String: CodeFolder] = [:]

    /// Finds and checks a template.
    ///
    /// - Parameter path: a template, or a folder with one; nil looks in the current folder.
    /// - Throws: ``CommandError`` with every problem of the template.
    init(path: String?, parameters: [String: String]) throws {
        self.path = try Self.find(path)
        let bytes: [UInt8]
        do {
            bytes = Array(try Data(contentsOf: URL(fileURLWithPath: self.path)))
        } catch {
            throw CommandError(.noInput, "\"\(self.path)\" cannot be read: \(error.localizedDescription)")
        }
        // Whom it is for decides nothing about its form; the node reads it again for the right organisation.
        var options = TemplateParser.Options(organization: OrganizationName(unchecked: "local"))
        options.parameters = parameters
        options.eventSources = LedgerEventSources()
        do throws(InvalidTemplate) {
            template = try TemplateParser.parse(bytes, options: options)
        } catch {
            throw CommandError(.configuration, TemplateRefusal.text(path: self.path, error.problems.map(\.description)))
        }
        text = String(decoding: bytes, as: UTF8.self)
    }

    /// The folder that `CodeUri` counts from.
    var folder: String { URL(fileURLWithPath: path).deletingLastPathComponent().path }

    /// The template and all code, for ``FileWatch``.
    var watchedPaths: [String] {
        [path] + template.services.flatMap(\.functions).compactMap(\.codeURI).map(fullPath)
    }

    private func fullPath(_ codeURI: String) -> String {
        codeURI.hasPrefix("/")
            ? codeURI : URL(fileURLWithPath: folder).appending(path: codeURI).standardizedFileURL.path
    }

    /// Reads the code of every function; a folder that several use is read once.
    ///
    /// - Throws: ``CommandError`` naming the function.
    mutating func readCode() throws {
        var read: [String: CodeFolder] = [:]
        for service in template.services {
            for function in service.functions {
                guard let codeURI = function.codeURI else { continue }
                let path = fullPath(codeURI)
                do {
                    let code = try read[path] ?? CodeFolder(path: path)
                    read[path] = code
                    codes["\(service.name)/\(function.name)"] = code
                } catch {
                    let message = (error as? FunctionError)?.message ?? "\(error)"
                    throw CommandError(
                        .configuration, "The code of \(service.name)/\(function.name) cannot be packed: \(message)")
                }
            }
        }
    }

    private static func find(_ path: String?) throws -> String {
        let start = path ?? "."
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: start, isDirectory: &isFolder) else {
            throw CommandError(.noInput, "There is no \"\(start)\".")
        }
        guard isFolder.boolValue else { return start }
        for name in names {
            let candidate = path == nil ? name : "\(start)/\(name)"
            if FileManager.default.fileExists(atPath: candidate) { return candidate }
        }
        throw CommandError(
            .noInput,
            "There is no template in \"\(start)\": no template.yml or faas.yml. Make a project with "
                + "\"\(RootCommand.programName) init\", or name the template.")
    }
}

/// How a refused template is told.
enum TemplateRefusal {
    static func text(path: String, _ problems: [String]) -> String {
        let count = problems.count == 1 ? "one problem" : "\(problems.count) problems"
        return "\(path) has \(count); nothing has changed.\n" + problems.map { "  \($0)" }.joined(separator: "\n")
    }
}
