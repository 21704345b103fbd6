import Testing

@Suite("Command line")
struct RootCommandTests {
    @Test("without arguments, help names the commands and ends well", arguments: [[], ["--help"], ["help"]])
    func help(arguments: [String]) async throws {
        let result = try await DuetProgram.run(arguments)

        #expect(result.status == 0)
        #expect(result.standardOutput.contains("doctor"))
        #expect(result.standardOutput.contains("completion"))
        #expect(result.standardError.isEmpty)
    }

    @Test("--version prints one line with name and version")
    func version() async throws {
        let result = try await DuetProgram.run(["--version"])

        #expect(result.status == 0)
        #expect(result.standardOutput.wholeMatch(of: /duet [0-9]+\.[0-9]+\.[0-9]+\n/) != nil)
    }

    @Test(
        "wrong use ends with 64, says what is wrong on standard error and prints no result",
        arguments: [
            ["frobnicate"], ["doctor", "--output", "xml"], ["doctor", "extra"], ["completion"], ["completion", "tcsh"],
        ])
    func wrongUse(arguments: [String]) async throws {
        let result = try await DuetProgram.run(arguments)

        #expect(result.status == 64)
        #expect(result.standardOutput.isEmpty)
        #expect(result.standardError.hasPrefix("Error: "))
        #expect(result.standardError.contains("--help"))
    }

    @Test("completion scripts know the commands", arguments: ["bash", "zsh", "fish"])
    func completion(shell: String) async throws {
        let result = try await DuetProgram.run(["completion", shell])

        #expect(result.status == 0)
        #expect(result.standardOutput.contains("doctor"))
        #expect(result.standardError.isEmpty)
    }
}
