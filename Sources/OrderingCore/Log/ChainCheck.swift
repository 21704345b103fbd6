package import FabricTypes

/// Checks that blocks which are read back one after another are a chain.
package struct ChainCheck: Sendable {
    private var last: BlockHeader?

    package init() {}

    /// - Throws: ``ChainFault`` if the block is not the one that follows.
    package mutating func accept(_ number: BlockNumber, _ bytes: Bytes) throws(ChainFault) {
        let header: BlockHeader
        do throws(WireError) {
            header = try Self.header(of: bytes)
        } catch {
            throw ChainFault(description: "Block \(number) cannot be read. \(error)")
        }
        let expected = last.map { $0.number &+ 1 } ?? 0
        guard header.number == expected, number == expected else {
            throw ChainFault(description: "Block \(header.number) stands where block \(expected) belongs.")
        }
        guard header.previousHash == (last?.hash.bytes ?? Bytes()) else {
            throw ChainFault(description: "Block \(number) does not point to the block before it.")
        }
        last = header
    }

    /// Reads the header alone: the entries of a whole channel are nothing to look through at every start.
    private static func header(of bytes: Bytes) throws(WireError) -> BlockHeader {
        var header = BlockHeader()
        var reader = try WireReader(bytes)
        while let field = try reader.next() {
            if field.number == 1 { try field.merge(into: &header) }
        }
        return header
    }
}

/// An orderer's blocks are not what it wrote. It must not go on over them.
package struct ChainFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// A whole sentence.
    package let description: String

    package init(description: String) {
        self.description = description
    }
}
