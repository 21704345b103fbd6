internal import DuetNode
internal import Foundation
internal import FunctionCore

/// `duet.yaml`: what a start is told, in a file.
struct ConfigurationFile {
    static let name = "duet.yaml"

    let path: String
    let settings: UpSettings
    /// What is wrong, by line.
    let problems: [TemplateProblem]

    /// The file that a start reads: the one that is named, else `duet.yaml` in the current folder, else in the data folder.
    ///
    /// - Returns: nil if there is none.
    /// - Throws: ``CommandError`` if a named file is not there, or one that is there cannot be read.
    static func find(named path: String?, dataFolder: String) throws(CommandError) -> ConfigurationFile? {
        if let path { return try ConfigurationFile(path: path) }
        for path in [name, "\(dataFolder)/\(name)"] where FileManager.default.fileExists(atPath: path) {
            return try ConfigurationFile(path: path)
        }
        return nil
    }

    /// - Throws: ``CommandError`` if the file cannot be read. What is wrong inside is in ``problems``.
    init(path: String) throws(CommandError) {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue else {
            throw CommandError(
                .noInput,
                "There is no file \"\(path)\". \"\(RootCommand.programName) config init\" writes one to begin with.")
        }
        guard let handle = FileHandle(forReadingAtPath: path),
            let data = try? handle.read(upToCount: YAMLReader.byteCountMax + 1) ?? Data()
        else { throw CommandError(.noInput, "\"\(path)\" cannot be read. Check its owner.") }
        self.init(path: path, text: [UInt8](data))
    }

    init(path: String, text: [UInt8]) {
        self.path = path
        guard Self.hasContent(text) else {
            (settings, problems) = (UpSettings(), [])
            return
        }
        do throws(InvalidTemplate) {
            let findings = TemplateFindings()
            let folder = URL(fileURLWithPath: path).deletingLastPathComponent().relativePath
            settings = ConfigurationReader(folder: folder, findings: findings).read(try YAMLReader.read(text))
            problems = InvalidTemplate(problems: findings.problems).problems
        } catch {
            (settings, problems) = (UpSettings(), error.problems)
        }
    }

    /// A file of comments alone is no YAML document, and says nothing.
    private static func hasContent(_ text: [UInt8]) -> Bool {
        text.split(whereSeparator: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }).contains { line in
            guard let first = line.first(where: { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }) else {
                return false
            }
            return first != UInt8(ascii: "#")
        }
    }

    /// The problems as a person reads them.
    var problemLines: [String] {
        problems.map { problem in
            let line = problem.line > 0 ? "line \(problem.line): " : ""
            let subject = problem.key.isEmpty ? "The file" : problem.key
            let value = problem.value.map { " is \"\($0)\"" } ?? ""
            return "\(path), \(line)\(subject)\(value): \(problem.reason). \(problem.remedy)"
        }
    }
}
