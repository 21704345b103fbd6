internal import FabricTypes
internal import FoundationEssentials
internal import FunctionTypes
internal import Membership

/// The JSON of the API: LedgerCore has a `JSONValue` of its own, which is that of documents in the state.
typealias NetworkJSON = FunctionTypes.JSONValue

/// Values of Fabric's messages as JSON tells them.
enum NetworkText {
    /// Longer values are cut; the whole ones stand in the block.
    static let byteCountMax = 4_096

    static func time(seconds: Int64, nanoseconds: Int32 = 0) -> String {
        // Claims of clients may lie anywhere; beyond the calendar there is no text for them.
        let range = -62_135_596_800...253_402_300_799 as ClosedRange<Int64>
        guard range.contains(seconds) else { return "\(seconds)" }
        let date = Date(timeIntervalSince1970: Double(seconds) + Double(nanoseconds) / 1e9)
        return date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    /// Members for bytes that may be anything: `name` as text, or `nameBase64` where they are none.
    static func members(_ name: String, _ bytes: Bytes) -> [String: NetworkJSON] {
        let isCut = bytes.count > byteCountMax
        let shown = isCut ? bytes[0..<byteCountMax] : bytes
        var members: [String: NetworkJSON] = [:]
        if let text = shown.utf8Text {
            members[name] = .string(text)
        } else {
            members["\(name)Base64"] = .string(Data(shown.array).base64EncodedString())
        }
        if isCut { members["\(name)ByteCount"] = .integer(Int64(bytes.count)) }
        return members
    }

    /// Whom an identity names: MSP and common name, unchecked.
    ///
    /// - Parameter withCertificate: whether the certificate is told, too.
    static func identity(_ serialized: Bytes, withCertificate: Bool = false) -> NetworkJSON {
        guard let identity = try? SerializedIdentity(decoding: serialized) else { return [:] }
        let certificate = try? Certificate(pemText: identity.idBytes)
        return .object(present: [
            "mspId": .string(identity.mspID.lossyText),
            "name": certificate.map { .string($0.subjectName.commonName.lossyText) },
            "certificate": withCertificate ? certificate.map { self.certificate($0) } : nil,
        ])
    }

    private static func certificate(_ certificate: Certificate) -> NetworkJSON {
        [
            "subject": .string(text(certificate.subjectName)),
            "issuer": .string(text(certificate.issuerName)),
            "organizationalUnits": .array(certificate.subjectName.organizationalUnits.map { .string($0.lossyText) }),
            "serialNumber": .string(certificate.serialNumber.hex),
            "notBefore": .string(time(seconds: certificate.notBefore)),
            "notAfter": .string(time(seconds: certificate.notAfter)),
            "pem": .string(certificate.pemText.lossyText),
        ]
    }

    private static func text(_ name: DistinguishedName) -> String {
        ([("CN", name.commonName)] + name.organizationalUnits.map { ("OU", $0) })
            .map { "\($0)=\($1.lossyText)" }.joined(separator: ", ")
    }

    static func version(_ version: Version?) -> NetworkJSON {
        guard let version else { return .null }
        return [
            "block": .integer(Int64(clamping: version.blockNumber)),
            "index": .integer(Int64(clamping: version.transactionIndex)),
        ]
    }
}
