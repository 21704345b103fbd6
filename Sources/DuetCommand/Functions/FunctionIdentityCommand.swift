internal import ArgumentParser
internal import FunctionTypes

/// `duet function identity`.
struct FunctionIdentityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "identity", abstract: "Show who a service is on the ledger, or renew its certificate.",
        discussion: """
            A service signs its calls and transactions with a certificate of its organisation, whose key stays on the node. Transactions \
            that began under an earlier certificate are carried out under it.
            """)

    @Argument(help: "The service.")
    var service: String

    @Flag(help: "Issue a new certificate with a key of its own; the first one, if there is none.")
    var renew = false

    @OptionGroup var options: FunctionOptions

    func run() async throws {
        let path = ["api", "services", service, "identity"]
        let answer = try await options.call(renew ? .post : .get, path)
        try options.output.print(answer) { identity in
            var table = TextTable([.init("What"), .init("Value")])
            for (title, name) in [
                ("Organisation", "mspId"), ("Name", "name"), ("Certificate", "certificateId"), ("Expires", "expiresAt"),
            ] {
                table.append([.init(title), identity.cell(name)])
            }
            return table.rendered()
        }
    }
}
