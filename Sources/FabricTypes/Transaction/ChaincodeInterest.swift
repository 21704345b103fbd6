/// Which chaincodes and collections a simulation touched, so that a gateway can plan endorsements.
///
/// Source: Fabric's `protos.ChaincodeInterest`.
package struct ChaincodeInterest: WireMessage {
    package static let messageName = "protos.ChaincodeInterest"

    package var chaincodes: [ChaincodeCall] = []

    package init() {}

    package init(chaincodes: [ChaincodeCall]) {
        self.chaincodes = chaincodes
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: try field.append(to: &chaincodes)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, messages: chaincodes)
    }
}

/// One namespace of a ``ChaincodeInterest``. Source: Fabric's `protos.ChaincodeCall`.
package struct ChaincodeCall: WireMessage {
    package static let messageName = "protos.ChaincodeCall"

    package var name = Bytes()
    package var collectionNames: [Bytes] = []
    package var noPrivateReads = false
    package var noPublicWrites = false
    /// The policies of the keys written, where they have their own.
    package var keyPolicies: [SignaturePolicyEnvelope] = []
    /// Every key written has a policy of its own.
    package var disregardNamespacePolicy = false

    package init() {}

    package init(
        name: Bytes,
        collectionNames: [Bytes] = [],
        noPrivateReads: Bool = false,
        noPublicWrites: Bool = false,
        keyPolicies: [SignaturePolicyEnvelope] = [],
        disregardNamespacePolicy: Bool = false
    ) {
        self.name = name
        self.collectionNames = collectionNames
        self.noPrivateReads = noPrivateReads
        self.noPublicWrites = noPublicWrites
        self.keyPolicies = keyPolicies
        self.disregardNamespacePolicy = disregardNamespacePolicy
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: try field.readUTF8(&name)
        case 2: try field.appendUTF8(to: &collectionNames)
        case 3: field.read(&noPrivateReads)
        case 4: field.read(&noPublicWrites)
        case 5: try field.append(to: &keyPolicies)
        case 6: field.read(&disregardNamespacePolicy)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, name)
        writer.write(2, repeated: collectionNames)
        writer.write(3, noPrivateReads)
        writer.write(4, noPublicWrites)
        writer.write(5, messages: keyPolicies)
        writer.write(6, disregardNamespacePolicy)
    }
}
