internal import ArgumentParser
internal import Foundation
internal import FunctionTypes

/// `duet deadletter edit`: changes the event of a dead letter, which stays where it is until it is sent again.
struct DeadLetterEditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "edit", abstract: "Change a dead letter's event, in an editor or from a file.",
        discussion: "The editor is that of the variables VISUAL or EDITOR. Then: deadletter redrive.")

    @Argument(help: "Number of the dead letter.")
    var number: Int64

    @Option(name: .shortAndLong, help: ArgumentHelp("The new event's text.", valueName: "text"))
    var event: String?

    @Option(help: ArgumentHelp("A file with the new event; \"-\" is standard input.", valueName: "path"))
    var eventFile: String?

    @OptionGroup var options: FunctionOptions

    func validate() throws {
        guard event == nil || eventFile == nil else { throw ValidationError("Give --event or --event-file, not both.") }
    }

    func run() async throws {
        let path = ["api", "deadletters", "\(number)"]
        let payload: [UInt8]
        if event != nil || eventFile != nil {
            payload = try EventSource(text: event, path: eventFile).bytes()
        } else {
            let letter = try await options.call(.get, path)
            let old =
                letter["payloadBase64"]?.stringValue.flatMap(Base64.decode)
                ?? Array((letter["payload"]?.stringValue ?? "").utf8)
            payload = try edited(old)
            guard payload != old else {
                Terminal.standardError.write("Nothing was changed.\n")
                return
            }
        }
        let text = String(validating: payload, as: UTF8.self)
        let answer = try await options.call(
            .put, path,
            body: text.map { ["payload": .string($0)] } ?? ["payloadBase64": .string(Base64.encode(payload))])
        try options.output.print(answer) { _ in
            "Dead letter \(number) has a new event. Send it: \(RootCommand.programName) deadletter redrive \(number)\n"
        }
    }

    private func edited(_ bytes: [UInt8]) throws -> [UInt8] {
        let environment = ProcessInfo.processInfo.environment
        guard let editor = environment["VISUAL"] ?? environment["EDITOR"], !editor.isEmpty else {
            throw CommandError(
                .usage, "There is no editor: set the variable EDITOR, or give the event with --event or --event-file.")
        }
        let file = FileManager.default.temporaryDirectory.appending(path: "duet-\(UUID().uuidString).json")
        defer { try? FileManager.default.removeItem(at: file) }  // it is among the temporary files
        do {
            try Data(bytes).write(to: file)
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            process.arguments = ["-c", "\(editor) \"$1\"", "sh", file.path]
            try process.run()
            process.waitUntilExit()
            guard process.terminationStatus == 0 else {
                throw CommandError(.failed, "The editor \"\(editor)\" ended with \(process.terminationStatus).")
            }
            return Array(try Data(contentsOf: file))
        } catch let error as CommandError {
            throw error
        } catch {
            throw CommandError(.failed, "The event cannot be edited: \(error.localizedDescription)")
        }
    }
}
