/// A wished change of a configuration: what it relies on, and what it sets.
///
/// Source: Fabric's `common.ConfigUpdate`.
package struct ConfigUpdate: WireMessage {
    package static let messageName = "common.ConfigUpdate"

    package var channelID = Bytes()
    package var readSet: ConfigGroup?
    package var writeSet: ConfigGroup?
    /// Notes that no rule looks at.
    package var isolatedData: [Bytes: Bytes] = [:]

    package init() {}

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: try field.readUTF8(&channelID)
        case 2: try field.merge(into: &readSet)
        case 3: try field.merge(into: &writeSet)
        case 5: try field.merge(into: &isolatedData)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, channelID)
        writer.write(2, message: readSet)
        writer.write(3, message: writeSet)
        writer.write(5, map: isolatedData)
    }
}
