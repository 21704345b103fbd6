internal import ArgumentParser
internal import FabricTypes
internal import LedgerCore
internal import Membership

/// What a definition is to say. Whatever is not given stays as the channel has it.
struct DefinitionOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Its version: letters, digits and _ . + -. (default: 1.0 at first)", valueName: "text"))
    var version: String?

    @Option(
        help: ArgumentHelp(
            "Who must endorse, such as \"OR('Org1MSP.peer','Org2MSP.peer')\"; channel for the channel's own policy.",
            valueName: "policy"))
    var policy: String?

    @Option(
        help: ArgumentHelp(
            "Its number: one more with each change. (default: the one that follows)", valueName: "number"))
    var sequence: Int64?

    @Flag(inversion: .prefixedNo, help: "Whether a call with --init must come before any other.")
    var initRequired: Bool?

    /// The definition that this asks for, on top of what is there.
    ///
    /// The sequence is the next one, or the committed one where nothing differs.
    ///
    /// - Throws: ``CommandError`` for a policy that cannot be read.
    func definition(
        of name: String, over committed: ChaincodeDefinitionFields?
    ) throws -> ChaincodeDefinitionFields {
        var definition = committed ?? ChaincodeDefinitionFields(name: Bytes(name), sequence: 0, version: Bytes("1.0"))
        definition.name = Bytes(name)
        if let version { definition.version = Bytes(version) }
        if let initRequired { definition.isInitRequired = initRequired }
        if let policy { definition.validationParameter = try Self.parameter(policy) }
        let isChanged = committed.map { !$0.differences(to: definition).isEmpty } ?? true
        definition.sequence = sequence ?? (committed?.sequence ?? 0) + (isChanged ? 1 : 0)
        return definition
    }

    private static func parameter(_ text: String) throws -> Bytes {
        // Left out it means the channel's policy.
        if text == "channel" { return Bytes() }
        do throws(InvalidPolicyText) {
            return ApplicationPolicy(.signaturePolicy(try SignaturePolicyText.policy(text))).encoded()
        } catch {
            throw CommandError(.usage, "--policy cannot be read. \(error)")
        }
    }
}
