package import FabricTypes
internal import FoundationEssentials

/// The names and values that Fabric CA puts into a certificate for contracts to decide by.
///
/// Nothing but a contract looks at them. Source: extension 1.2.3.4.5.6.7.8.1, JSON `{"attrs":{"name":"value"}}`.
package struct FabricAttributes: Hashable, Sendable {
    package let attributes: [String: String]

    package init(_ attributes: [String: String]) {
        self.attributes = attributes
    }

    private struct Message: Codable {
        let attrs: [String: String]
    }

    /// - Throws: ``CertificateError`` `malformed` if the value is not such JSON.
    package init(encoded value: Bytes) throws(CertificateError) {
        do {
            attributes = try JSONDecoder().decode(Message.self, from: Data(value)).attrs
        } catch {
            throw CertificateError(.malformed, "The attributes in a certificate cannot be read: \(error)")
        }
    }

    /// JSON with the names in order.
    package func encoded() throws -> Bytes {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Bytes(try encoder.encode(Message(attrs: attributes)))
    }
}

extension Certificate {
    /// The attributes that Fabric CA put into the certificate; nil if there are none.
    package func fabricAttributes() throws(CertificateError) -> FabricAttributes? {
        guard let item = extensions[ObjectIdentifiers.fabricAttributes] else { return nil }
        return try FabricAttributes(encoded: item.value)
    }
}
