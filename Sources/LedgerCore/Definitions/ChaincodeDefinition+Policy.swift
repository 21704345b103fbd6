internal import FabricTypes
package import Membership

extension ChaincodeDefinition {
    /// Who must endorse what the chaincode writes, for people: `OR('Org1MSP.peer','Org2MSP.peer')`, or the channel's own
    /// policy with what it says.
    package func endorsementPolicyText(in configuration: ChannelConfiguration) -> String {
        let policy = EndorsementPolicies(configuration).policy(validationParameter, name: "its endorsement policy")
        if case .channelConfigPolicyReference(let path) = (try? ApplicationPolicy(decoding: validationParameter))?.kind
        {
            return "\(path.lossyText): \(policy.text)"
        }
        return policy.text
    }
}
