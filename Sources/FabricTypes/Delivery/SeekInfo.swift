/// Which blocks a client wants, and how: the data of a deliver request.
///
/// Source: Fabric's `orderer.SeekInfo`.
package struct SeekInfo: WireMessage {
    package static let messageName = "orderer.SeekInfo"

    package enum Behavior {
        package static let blockUntilReady: Int32 = 0
        package static let failIfNotReady: Int32 = 1
    }

    package enum ErrorResponse {
        package static let strict: Int32 = 0
        package static let bestEffort: Int32 = 1
    }

    package enum ContentType {
        package static let block: Int32 = 0
        /// Blocks come without data; config blocks come whole.
        package static let headerWithSignature: Int32 = 1
    }

    package var start: SeekPosition?
    package var stop: SeekPosition?
    /// One of ``Behavior``; any other number behaves as 0.
    package var behavior: Int32 = 0
    /// One of ``ErrorResponse``; any other number behaves as 0.
    package var errorResponse: Int32 = 0
    /// One of ``ContentType``; any other number behaves as 0.
    package var contentType: Int32 = 0

    package init() {}

    package init(start: SeekPosition, stop: SeekPosition, behavior: Int32 = Behavior.blockUntilReady) {
        self.start = start
        self.stop = stop
        self.behavior = behavior
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: try field.merge(into: &start)
        case 2: try field.merge(into: &stop)
        case 3: field.read(&behavior)
        case 4: field.read(&errorResponse)
        case 5: field.read(&contentType)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, message: start)
        writer.write(2, message: stop)
        writer.write(3, behavior)
        writer.write(4, errorResponse)
        writer.write(5, contentType)
    }
}
