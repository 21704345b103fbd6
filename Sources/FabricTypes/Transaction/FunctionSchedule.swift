/// The functions that a transaction asks for, as they stand under the one reserved key of a contract's namespace.
///
/// An extension of Duet's: an ordinary write for everybody else. Unknown fields and entries without a name are passed over.
package struct FunctionSchedule: WireMessage {
    package static let messageName = "duet.FunctionSchedule"

    /// The composite key `U+0000 duet.schedule U+0000`.
    package static let key = Bytes([0] + Array("duet.schedule".utf8) + [0])
    /// Entries of one transaction at most.
    package static let entryCountMax = 64
    /// Bytes of one transaction's list at most, encoded.
    package static let byteCountMax = 256 * 1024

    /// One function to be run once the transaction has committed.
    package struct Entry: WireMessage {
        package static let messageName = "duet.FunctionSchedule.Entry"

        /// The MSP ID of the organisation whose nodes run the function.
        package var organization = Bytes()
        package var service = Bytes()
        package var function = Bytes()
        package var payload = Bytes()

        package init() {}

        package init(organization: Bytes, service: Bytes, function: Bytes, payload: Bytes) {
            self.organization = organization
            self.service = service
            self.function = function
            self.payload = payload
        }

        package mutating func merge(_ field: WireField) throws(WireError) {
            switch field.number {
            case 1: try field.readUTF8(&organization)
            case 2: try field.readUTF8(&service)
            case 3: try field.readUTF8(&function)
            case 4: field.read(&payload)
            default: break
            }
        }

        package func encode(to writer: inout WireWriter) {
            writer.write(1, organization)
            writer.write(2, service)
            writer.write(3, function)
            writer.write(4, payload)
        }
    }

    package var entries: [Entry] = []

    package init() {}

    package mutating func merge(_ field: WireField) throws(WireError) {
        if field.number == 1 { try field.append(to: &entries) }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, messages: entries)
    }
}
