extension Envelope {
    /// Why encoded bytes may not stand in a block as an envelope.
    package enum CanonicalFault: Error, Hashable, Sendable {
        case undecodable(WireError)
        case payloadMissing
        case signatureMissing
        /// Encoding what was decoded gives other bytes: fields out of order or repeated, a length or tag longer than
        /// need be.
        case notCanonical
    }

    /// Checks the form that every envelope in a block must have: peers refuse a block with any other.
    ///
    /// Go decodes, encodes and compares. It writes payload and signature, then unknown fields in the order received,
    /// each with the shortest tag and its value untouched. So unknown fields behind the signature pass.
    /// Source: Fabric's `protoutil.VerifyTransactionsAreWellFormed`.
    package static func checkCanonical(_ bytes: Bytes) throws(CanonicalFault) {
        var payload: Bytes?
        var signature: Bytes?
        var isCanonical = true
        do throws(WireError) {
            var reader = try WireReader(bytes)
            while let field = try reader.next() {
                switch (field.number, field.value) {
                case (1, .bytes(let content)):
                    isCanonical =
                        isCanonical && payload == nil && signature == nil && field.hasShortestLength(of: content)
                    payload = content
                case (2, .bytes(let content)):
                    isCanonical =
                        isCanonical && payload != nil && signature == nil && field.hasShortestLength(of: content)
                    signature = content
                default:
                    isCanonical = isCanonical && signature != nil && field.hasShortestTag
                }
            }
        } catch {
            throw .undecodable(error.within(messageName))
        }
        if payload?.isEmpty ?? true { throw .payloadMissing }
        if signature?.isEmpty ?? true { throw .signatureMissing }
        if !isCanonical { throw .notCanonical }
    }
}

extension Envelope.CanonicalFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .undecodable(let error): error.description
        case .payloadMissing: "The envelope has no payload."
        case .signatureMissing: "The envelope has no signature."
        case .notCanonical: "The envelope is not encoded in the one form that blocks may hold; encode it anew."
        }
    }
}

extension WireField {
    /// Whether tag and length of a field below 16 take as few bytes as they can.
    fileprivate func hasShortestLength(of content: Bytes) -> Bool {
        var lengthByteCount = 1
        var rest = content.count >> 7
        while rest > 0 {
            lengthByteCount += 1
            rest >>= 7
        }
        return bytes.count == 1 + lengthByteCount + content.count
    }
}
