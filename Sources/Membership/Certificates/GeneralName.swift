package import FabricTypes

/// One name of a certificate's subject, of the kinds that authorities may constrain.
///
/// Source: RFC 5280, section 4.2.1.6.
package enum GeneralName: Hashable, Sendable {
    case email(Bytes)
    case dns(Bytes)
    case uri(Bytes)
    /// 4 or 16 bytes.
    case ipAddress(Bytes)

    /// Reads the content of a SEQUENCE of names; kinds that are not listed here are left out.
    static func list(_ content: Bytes) throws(DERError) -> [GeneralName] {
        var reader = DERReader(content)
        var names: [GeneralName] = []
        while !reader.isAtEnd {
            let start = reader.position
            let element = try reader.read()
            let text = element.content
            switch DERTag(rawValue: element.tag) {
            case .contextSpecific(1): names.append(.email(try ia5Text(text, at: start)))
            case .contextSpecific(2): names.append(.dns(try ia5Text(text, at: start)))
            case .contextSpecific(6): names.append(.uri(try ia5Text(text, at: start)))
            case .contextSpecific(7):
                guard text.count == 4 || text.count == 16 else { throw DERError(.invalidValue, offset: start) }
                names.append(.ipAddress(text))
            default: break
            }
        }
        return names
    }

    static func ia5Text(_ text: Bytes, at offset: Int) throws(DERError) -> Bytes {
        guard text.allSatisfy({ $0 < 0x80 }) else { throw DERError(.invalidText, offset: offset) }
        return text
    }
}
