package import FabricTypes

/// Finds and runs what one contract calls: another contract, a system chaincode, one on another channel.
package protocol ContractRouter: Sendable {
    /// Runs a call on the caller's thread.
    ///
    /// - Returns: what was called answered.
    /// - Throws: why nothing was called, in Fabric's words; the description is what the calling contract gets to see.
    func call(_ call: ContractCall, from caller: ContractContext) throws -> ContractOutcome
}

/// A call from one contract to another.
package struct ContractCall: Sendable {
    package let chaincode: Bytes
    /// The channel of the called contract, which may be the caller's.
    package let channelID: Bytes
    package let arguments: [Bytes]
}

extension ContractContext {
    /// How many contracts may call each other in a row. Fabric has no bound of its own; a chain of that length is a loop
    /// over channels.
    package static let callDepthMax = 32

    /// Calls another contract.
    ///
    /// On the same channel what it reads and writes belongs to this transaction; on another one it can only read, and what
    /// it read is not recorded.
    ///
    /// - Parameter target: `name[:version][/channel]`; the version is not looked at.
    package func invoke(_ target: Bytes, arguments: [Bytes]) throws(ContractCallError) -> ContractOutcome {
        try answer(.invokeChaincode) {
            let parts = target.split(separator: UInt8(ascii: "/"), maxSplits: 1, omittingEmptySubsequences: false)
            let name = parts.first?.prefix { $0 != UInt8(ascii: ":") } ?? Bytes()
            let channel = parts.count == 2 ? Bytes(parts[1]) : Bytes()
            guard frames.count < Self.callDepthMax else {
                throw ContractRefusal("more than \(Self.callDepthMax) contracts call each other")
            }
            return try router.call(
                ContractCall(
                    chaincode: Bytes(name), channelID: channel.isEmpty ? channelID : channel, arguments: arguments),
                from: self)
        }
    }

    /// The context of a contract that this one calls.
    ///
    /// - Parameter simulation: this one's, or one of another channel.
    /// - Returns: nil where the contract is running already in this transaction, which it cannot do twice.
    package func callee(_ chaincode: Bytes, simulation: ChannelSimulation) -> ContractContext? {
        guard !frames.contains(Frame(channelID: simulation.channelID, chaincode: chaincode)) else { return nil }
        return ContractContext(
            namespace: chaincode, isInitialization: false, transaction: transaction, simulation: simulation,
            router: router, callers: frames)
    }
}
