package import FabricTypes

/// The blocks that a request asks for, as numbers: fixed when the request is read.
package struct SeekRange: Hashable, Sendable {
    package let first: BlockNumber
    /// The block after which the request is done; it may lie far in the future, or before `first`, in which case the
    /// stream does not end.
    package let last: BlockNumber

    /// - Parameter height: the number of the channel's last block plus one, at least 1.
    /// - Throws: ``SeekRefusal``: `badRequest` if an end is missing or they are in the wrong order, `notFound` if the
    ///   range begins behind the next block.
    package init(_ info: SeekInfo, height: BlockNumber) throws(SeekRefusal) {
        guard let start = info.start, let stop = info.stop else {
            throw SeekRefusal(.badRequest, "The request does not say where to start or where to stop.")
        }
        let newest = height == 0 ? 0 : height - 1
        switch start.kind {
        case .oldest: first = 0
        case .newest: first = newest
        case .nextCommit: first = height
        case .specified(let specified):
            let number = specified.number
            guard number <= height else {
                throw SeekRefusal(.notFound, "The request starts at block \(number); block \(height) is the next.")
            }
            first = number
        case nil: throw SeekRefusal(.notFound, "The request starts at a place that this node does not know.")
        }
        switch stop.kind {
        case .oldest: last = first
        // From newest to newest is one block, even if others have come since.
        case .newest: last = start == stop ? first : newest
        case .specified(let specified):
            let number = specified.number
            guard number >= first else {
                throw SeekRefusal(.badRequest, "The request stops at block \(number), before its start \(first).")
            }
            last = number
        // Go leaves the number at zero where it knows none.
        case .nextCommit, nil: last = 0
        }
    }
}
