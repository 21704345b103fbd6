public import FabricTypes
internal import Membership

/// Who called a contract: an organisation's member with a certificate.
public struct CallerIdentity: Hashable, Sendable {
    /// The MSP of the caller's organisation, for example `Org1MSP`.
    public let mspID: String
    /// The certificate as the caller sent it, PEM text.
    public let certificate: Bytes
    /// The common name in the certificate; empty without one.
    public let commonName: String
    /// The organisational units in the certificate, which tell clients, peers and admins apart.
    public let organizationalUnits: [String]
    /// What Fabric CA wrote into the certificate for contracts to decide by, by name.
    public let attributes: [String: String]

    /// - Parameter creator: an encoded `SerializedIdentity`.
    /// - Throws: ``ContractError`` where it or its certificate cannot be read.
    public init(_ creator: Bytes) throws(ContractError) {
        do {
            let serialized = try SerializedIdentity(decoding: creator)
            let certificate = try Certificate(pemText: serialized.idBytes)
            mspID = serialized.mspID.lossyText
            self.certificate = serialized.idBytes
            commonName = certificate.subjectName.commonName.lossyText
            organizationalUnits = certificate.subjectName.organizationalUnits.map(\.lossyText)
            attributes = try certificate.fabricAttributes()?.attributes ?? [:]
        } catch {
            throw ContractError("The caller's identity cannot be read: \(error)")
        }
    }

    /// Whether the certificate has an attribute with this value.
    public func hasAttribute(_ name: String, _ value: String) -> Bool {
        attributes[name] == value
    }
}
