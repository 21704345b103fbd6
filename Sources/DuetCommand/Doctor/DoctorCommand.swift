internal import ArgumentParser

/// `duet doctor`: whether this machine has what Duet needs, and for each lack what it costs and how to mend it.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check what this machine offers, and say what is missing.",
        discussion: "Ends with status 1 if something needed is missing; what is merely limited does not count."
    )

    @Option(help: ArgumentHelp("The data folder to check the free space of.", valueName: "folder"))
    var data = ".duet"

    @OptionGroup var outputOptions: OutputOptions

    func run() async throws {
        let report = await DoctorReport.examine(dataFolder: data)
        try outputOptions.print(report) { $0.rendered(for: .standardOutput) }
        guard report.isReady else { throw ExitStatus.failed }
    }
}
