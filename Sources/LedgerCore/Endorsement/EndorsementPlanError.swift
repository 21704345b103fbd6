package import FabricTypes

/// Why no peers can be named that would endorse together.
///
/// The message is in a stock node's words, since clients are told them. Source: Fabric's `discovery/endorsement`.
package struct EndorsementPlanError: Error, Hashable, Sendable, CustomStringConvertible {
    package let message: String

    init(_ message: String) {
        self.message = message
    }

    package var description: String { message }

    package static func unknownChaincode(_ name: Bytes, on channelID: Bytes) -> EndorsementPlanError {
        EndorsementPlanError(
            "No metadata was found for chaincode \(name.lossyText) in channel \(channelID.lossyText)")
    }

    package static let noPeers = EndorsementPlanError("no peer combination can satisfy the endorsement policy")
    package static let notInstalled =
        EndorsementPlanError("required chaincodes are not installed on sufficient peers")
}
