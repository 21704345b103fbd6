/// The names that groups, values and policies of a channel's configuration have.
package enum ConfigKey {
    // Groups.
    package static let channel = Bytes("Channel")
    package static let application = Bytes("Application")
    package static let orderer = Bytes("Orderer")

    // Values of the channel.
    package static let hashingAlgorithm = Bytes("HashingAlgorithm")
    package static let blockDataHashingStructure = Bytes("BlockDataHashingStructure")
    package static let ordererAddresses = Bytes("OrdererAddresses")
    package static let consortium = Bytes("Consortium")
    package static let capabilities = Bytes("Capabilities")

    // Values of the orderer group.
    package static let consensusType = Bytes("ConsensusType")
    package static let batchSize = Bytes("BatchSize")
    package static let batchTimeout = Bytes("BatchTimeout")
    package static let kafkaBrokers = Bytes("KafkaBrokers")
    package static let channelRestrictions = Bytes("ChannelRestrictions")
    package static let orderers = Bytes("Orderers")

    // Values of the application group.
    package static let acls = Bytes("ACLs")

    // Values of organisations.
    package static let msp = Bytes("MSP")
    package static let endpoints = Bytes("Endpoints")
    package static let anchorPeers = Bytes("AnchorPeers")

    // Policies.
    package static let readers = Bytes("Readers")
    package static let writers = Bytes("Writers")
    package static let admins = Bytes("Admins")
    package static let endorsement = Bytes("Endorsement")
    package static let lifecycleEndorsement = Bytes("LifecycleEndorsement")
    package static let blockValidation = Bytes("BlockValidation")
}
