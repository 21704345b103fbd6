package import FabricTypes
internal import Membership

extension ChaincodeDefinitionFields {
    /// Who must endorse, for people. Without a channel's configuration at hand: the channel's own policy is told by its path.
    package var policyText: String {
        switch (try? ApplicationPolicy(decoding: validationParameter.isEmpty ? Self.channelPolicy : validationParameter))?
            .kind
        {
        case .signaturePolicy(let policy): SignaturePolicyText.text(of: policy) ?? "a policy that has no text"
        case .channelConfigPolicyReference(let path): path.lossyText
        case nil: "one that cannot be read"
        }
    }

    package var collectionNames: [String] { (collections?.collections ?? []).map(\.name.lossyText) }

    /// What another definition says otherwise, whatever their numbers: `version: 1.0 → 2.0`. Plug-ins, policies and
    /// collections that are left out are those that peers fill in.
    package func differences(to other: ChaincodeDefinitionFields) -> [String] {
        let (old, new) = (completed, other.completed)
        var differences: [String] = []
        func compare<Value: Equatable>(_ name: String, _ before: Value, _ after: Value, _ text: (Value) -> String) {
            if before != after { differences.append("\(name): \(text(before)) → \(text(after))") }
        }
        compare("version", old.version, new.version) { $0.lossyText }
        if old.validationParameter != new.validationParameter {
            differences.append("endorsementPolicy: \(policyText) → \(other.policyText)")
        }
        compare("initRequired", old.isInitRequired, new.isInitRequired) { "\($0)" }
        compare("endorsementPlugin", old.endorsementPlugin, new.endorsementPlugin) { $0.lossyText }
        compare("validationPlugin", old.validationPlugin, new.validationPlugin) { $0.lossyText }
        if old.collections != new.collections { differences.append("collections differ") }
        return differences
    }

    private static let channelPolicy =
        ApplicationPolicy(.channelConfigPolicyReference(PolicyPath.endorsement.bytes)).encoded()

    private var completed: ChaincodeDefinitionFields {
        var fields = self
        if endorsementPlugin.isEmpty { fields.endorsementPlugin = Bytes("escc") }
        if validationPlugin.isEmpty { fields.validationPlugin = Bytes("vscc") }
        if validationParameter.isEmpty { fields.validationParameter = Self.channelPolicy }
        if collections == nil { fields.collections = CollectionConfigPackage([]) }
        return fields
    }
}
