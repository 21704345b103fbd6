/// What a proposal asks of the chaincode.
///
/// Source: Fabric's `protos.ChaincodeProposalPayload`.
package struct ChaincodeProposalPayload: WireMessage {
    package static let messageName = "protos.ChaincodeProposalPayload"

    /// An encoded ``ChaincodeInvocationSpec``.
    package var input = Bytes()
    /// Values for the chaincode's eyes only: never hashed, never stored, never sent on to the orderer.
    package var transientMap: [Bytes: Bytes] = [:]

    package init() {}

    package init(input: Bytes, transientMap: [Bytes: Bytes] = [:]) {
        self.input = input
        self.transientMap = transientMap
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: field.read(&input)
        case 2: try field.merge(into: &transientMap)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, input)
        writer.write(2, map: transientMap)
    }
}
