/// Reads `Duet::Ledger::Channel` and the contracts below it, an addition of ours to the transform.
///
/// What only the ledger can know, whether channel and contract are there and the policy can be met, is checked by
/// ``LedgerResources``.
struct LedgerChannelReader {
    static let type = "Duet::Ledger::Channel"
    static let contractType = "Duet::Ledger::Contract"

    let findings: TemplateFindings

    func read(_ resource: inout TemplateMapping, name: String, line: Int) -> LedgerChannelTemplate {
        var channel = LedgerChannelTemplate(name: name, line: line)
        if var properties = resource.mapping("Properties") {
            channel.organizations = organizations(&properties)
            properties.refuseRest()
        }
        for child in resource.rest {
            guard var contract = TemplateMapping(child.value, key: resource.path(child.key), findings: findings) else {
                continue
            }
            channel.contracts.append(read(&contract, name: child.key, line: child.keyLine))
        }
        return channel
    }

    private func organizations(_ properties: inout TemplateMapping) -> [LedgerOrganizationTemplate]? {
        let key = properties.path("Organizations")
        return properties.list("Organizations")?.compactMap { element in
            guard let name = element.text, !name.isEmpty else {
                findings.refuse(
                    element.line, key, element.shown, "an organisation must be a text",
                    "Write its MSP id, such as Org1MSP.")
                return nil
            }
            return LedgerOrganizationTemplate(name: name, line: element.line)
        }
    }

    /// As peers demand of a chaincode's version.
    private static func isVersion(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "_.+-".utf8.contains(byte)
                }
            }
    }

    private func read(_ contract: inout TemplateMapping, name: String, line: Int) -> LedgerContractTemplate {
        var template = LedgerContractTemplate(name: name, line: line)
        _ = contract.choice("Type", of: [Self.contractType], isRequired: true)
        if var properties = contract.mapping("Properties", isRequired: true) {
            _ = properties.choice("Runtime", of: ["builtin"], isRequired: true)
            template.policyLine = properties.node["EndorsementPolicy"]?.line ?? line
            template.policy = properties.text("EndorsementPolicy")
            template.version = properties.text("Version")
            if let version = template.version, !Self.isVersion(version), let node = properties.node["Version"] {
                findings.refuse(
                    node.line, properties.path("Version"), version, "a version has letters, digits and _ . + - alone",
                    "Write it like 1.0 or 2.1-beta.")
            }
            template.isInitRequired = properties.boolean("InitRequired", standard: false)
            if let code = properties.member("CodeUri") {
                findings.refuse(
                    code.line, properties.path("CodeUri"), code.shown,
                    "contracts with code of their own cannot be deployed by a template",
                    "Link the contract into the node's program, and take this line out.")
            }
            properties.refuseRest()
        }
        contract.refuseRest()
        return template
    }
}
