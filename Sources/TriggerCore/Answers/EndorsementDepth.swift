package import FabricTypes

/// How many functions were asked on the way to a proposal, in the decoration `duet.depth` of its input: a peer that endorses asks
/// functions, which may evaluate contracts, for which functions are asked.
package enum EndorsementDepth {
    package static let name = Bytes("duet.depth")
    /// A proposal from so deep asks no further functions.
    package static let depthMax = 4

    /// 0 for a client's proposal, and for whatever cannot be read: whoever counts wrong hurts himself alone.
    package static func depth(of input: ChaincodeInput) -> Int {
        guard let text = input.decorations[name]?.utf8Text, let depth = Int(text) else { return 0 }
        return min(max(depth, 0), depthMax)
    }
}
